import type { Knex } from "knex"
import type { Dialect } from "../database/dialect"

/** Any number that no other program uses. */
const LOCK_KEY = 6_338_720_251

/**
 * Runs `work` while no other instance does. The lock lives in a transaction of its own; `work` uses other connections.
 * SQLite has no such lock: there each step looks again when it was too late.
 */
export async function withSchemaLock<T>(database: Knex, dialect: Dialect, work: () => Promise<T>): Promise<T> {
  if (dialect !== "pg") return work()
  return database.transaction(async (trx) => {
    await trx.raw("set local lock_timeout = '60s'")
    await trx.raw("select pg_advisory_xact_lock(?)", [LOCK_KEY])
    return work()
  })
}
