import type { Knex } from "knex"
import { TABLES } from "../database/tables"

export interface HourOfWork {
  /** The hour's beginning, ISO. */
  hour: string
  /** Lines of the journal: records told to Medusa, and taken from it. */
  out: number
  in: number
}

const HOUR = 3_600_000
/** `2026-01-01T10` of an ISO time; the same function on PostgreSQL and SQLite. */
const HOUR_TEXT = 13

/** What each of the last hours moved, the oldest first; hours without work are in it. */
export async function readThroughput(database: Knex, now: Date, hours: number): Promise<HourOfWork[]> {
  const end = Math.floor(now.getTime() / HOUR) * HOUR
  const start = new Date(end - (hours - 1) * HOUR)
  const hour = database.raw("substr(??, 1, ?)", ["at", HOUR_TEXT])
  const rows = (await database(TABLES.journal)
    .where("at", ">=", start.toISOString())
    .groupBy("direction", "hour")
    .select("direction", database.raw("? as ??", [hour, "hour"]))
    .count({ n: "*" })) as { direction: "in" | "out"; hour: string; n: string | number }[]
  const counts = new Map(rows.map(({ direction, hour: at, n }) => [`${at} ${direction}`, Number(n)]))
  return Array.from({ length: hours }, (_, i) => {
    const at = new Date(start.getTime() + i * HOUR).toISOString()
    const key = at.slice(0, HOUR_TEXT)
    return { hour: at, out: counts.get(`${key} out`) ?? 0, in: counts.get(`${key} in`) ?? 0 }
  })
}
