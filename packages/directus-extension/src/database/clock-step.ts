import type { Knex } from "knex"

/**
 * Times are this host's own, since SQLite has no clock that all instances share. What lies further ahead than this, in
 * milliseconds, was written before the clock was set back: it counts as past. No retry of a record and no lease is longer.
 */
export const CLOCK_STEP = 600_000

/** Narrows a query to the rows whose time in `column` has come. */
export const hasCome =
  (column: string, now: number, step = CLOCK_STEP) =>
  (rows: Knex.QueryBuilder): void =>
    void rows.where(column, "<=", now).orWhere(column, ">", now + step)
