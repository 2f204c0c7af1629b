import { postgresHome, type DatabaseAddress } from "medusa-directus-core/host"
import { query, type Connection } from "../database/sql"

/** Names the place where this database is. */
export function databaseHome(connection: Connection): Promise<string> {
  const { connectionSettings } = connection.client as { connectionSettings: DatabaseAddress }
  return postgresHome(connectionSettings, async (text) => {
    const [row] = await query<Record<string, unknown>>(connection, text)
    return row
  })
}
