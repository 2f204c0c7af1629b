import { realpath, stat } from "node:fs/promises"
import type { Knex } from "knex"
import type { Dialect } from "./dialect"

interface Settings {
  host?: string
  port?: number | string
  filename?: string
}

/**
 * Names the place where this database is. A backup that is put back under the same name on the same server is at home:
 * that it is older tells the beat. A file is at home only while it is the same file, since copies of a project have the
 * same paths in each container.
 */
export async function databaseHome(database: Knex, dialect: Dialect): Promise<string> {
  const { host, port, filename } = (database.client as { connectionSettings: Settings }).connectionSettings
  if (dialect !== "pg") {
    if (!filename || filename === ":memory:") return "memory"
    const path = await realpath(filename)
    return `${path} (file ${String((await stat(path)).ino)})`
  }
  const first = async <Row>(text: string): Promise<Row | undefined> =>
    ((await database.raw(text)) as { rows: Row[] }).rows[0]
  const place = await first<{ name: string; may: boolean }>(
    "select current_database() as name, has_function_privilege('pg_control_system()', 'execute') as may",
  )
  const server = place?.may
    ? await first<{ id: string }>("select system_identifier::text as id from pg_control_system()")
    : undefined
  return `${host ?? "localhost"}:${String(port ?? 5432)}/${place?.name ?? ""}${server ? ` (cluster ${server.id})` : ""}`
}
