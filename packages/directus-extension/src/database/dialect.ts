import type { Knex } from "knex"

export type Dialect = "pg" | "sqlite3"

/** @returns `null` for a database that the sync was not tried on. */
export function dialectOf(knex: Knex): Dialect | null {
  const client = (knex.client as { config?: { client?: unknown } }).config?.client
  return client === "pg" || client === "sqlite3" ? client : null
}

/** Locks the rows that a query finds. SQLite has one writer at a time and no row locks. */
export function lockRows<T extends Knex.QueryBuilder>(
  query: T,
  dialect: Dialect,
  options: { skipLocked?: boolean } = {},
): T {
  if (dialect !== "pg") return query
  query.forUpdate()
  if (options.skipLocked) query.skipLocked()
  return query
}

/** PostgreSQL's texts hold no NUL, and a question for one is an error. */
export const canHold = (dialect: Dialect, text: string): boolean => dialect !== "pg" || !text.includes("\0")
