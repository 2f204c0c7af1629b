import { realpath, stat } from "node:fs/promises"
import type { Knex } from "knex"
import { postgresHome, type DatabaseAddress } from "medusa-directus-core/host"
import type { Dialect } from "../database/dialect"

type Settings = DatabaseAddress & { filename?: string }

/**
 * Names the place where this database is. A file is at home only while it is the same file: copies of a project have the
 * same paths in each container.
 */
export async function databaseHome(database: Knex, dialect: Dialect): Promise<string> {
  const settings = (database.client as { connectionSettings: Settings }).connectionSettings
  if (dialect === "pg")
    return postgresHome(settings, async (text) => {
      const { rows } = await database.raw<{ rows: Record<string, unknown>[] }>(text)
      return rows[0]
    })
  const { filename } = settings
  if (!filename || filename === ":memory:") return "memory"
  const path = await realpath(filename)
  return `${path} (file ${String((await stat(path)).ino)})`
}
