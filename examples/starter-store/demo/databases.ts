import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startPostgres } from "../../../scripts/stack/index.ts"
import { findFreePort, requireFreePort } from "../../../scripts/stack/ports.ts"
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

/** The same at each start, as long as it is free: a database at another address has moved, or is a copy, for the sync. */
async function portOfBefore(): Promise<number> {
  const file = join(dataFolder, "postgres-port")
  const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0
  const isFree =
    before > 0 &&
    (await requireFreePort(before, "PostgreSQL", "").then(
      () => true,
      () => false,
    ))
  const chosen = isFree ? before : await findFreePort()
  writeFileSync(file, String(chosen))
  return chosen
}

/** What the connection strings name; an embedded PostgreSQL holds what they leave out. */
export async function openDatabases(port: number | undefined): Promise<Databases> {
  if (MEDUSA_DATABASE_URL && DIRECTUS_DATABASE_URL)
    return { medusa: MEDUSA_DATABASE_URL, directus: DIRECTUS_DATABASE_URL, empty: () => Promise.resolve() }

  const postgres = await startPostgres({
    dir: dataFolder,
    ...(DATABASE_URL ? {} : { port: port ?? (await portOfBefore()) }),
    databaseUrl: DATABASE_URL,
  })
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
