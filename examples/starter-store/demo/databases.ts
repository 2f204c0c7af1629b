import { startPostgres } from "../../../scripts/stack/index.ts"
import { dataFolder } from "./data-folder.ts"
import { notePostgres } from "./run-lock.ts"

export type Databases = {
  /** Connection strings. */
  medusa: string
  directus: string
  /** Makes the database of one host anew, where it is the demo's own to drop. */
  empty(host: "medusa" | "directus"): Promise<void>
}

const { MEDUSA_DATABASE_URL, DIRECTUS_DATABASE_URL, DATABASE_URL } = process.env

/** Are any of the data outside of the data folder? */
export const foreignDatabases = Boolean(MEDUSA_DATABASE_URL || DIRECTUS_DATABASE_URL || DATABASE_URL)

/** What the connection strings name; an embedded PostgreSQL holds what they leave out. */
export async function openDatabases(port: number | undefined): Promise<Databases> {
  if (MEDUSA_DATABASE_URL && DIRECTUS_DATABASE_URL)
    return { medusa: MEDUSA_DATABASE_URL, directus: DIRECTUS_DATABASE_URL, empty: () => Promise.resolve() }

  const postgres = await startPostgres({ dir: dataFolder, port, databaseUrl: DATABASE_URL })
  notePostgres(postgres.process?.pid)
  const given = { medusa: MEDUSA_DATABASE_URL, directus: DIRECTUS_DATABASE_URL }
  return {
    medusa: given.medusa ?? (await postgres.createDatabase("medusa")),
    directus: given.directus ?? (await postgres.createDatabase("directus")),
    empty: async (host) => {
      if (given[host] || DATABASE_URL) return
      await postgres.dropDatabase(host)
      await postgres.createDatabase(host)
    },
  }
}
