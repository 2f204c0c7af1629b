import { randomBytes } from "node:crypto"
import { query, type Sql } from "../database/sql"
import type { Patch } from "./record-kind"

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/**
 * Gives each record without a handle the one that Medusa would derive. A derived handle gives way to one that is taken;
 * one that was given does not.
 *
 * @param derive - `""` when there is nothing to derive it from.
 */
export async function withHandles<Record extends Patch>(
  sql: Sql,
  table: string,
  records: Record[],
  derive: (record: Record) => string,
): Promise<(Record & { handle?: string })[]> {
  const derived = records.map((record) => (textOf(record.handle) === "" ? derive(record) : ""))
  const inUse = await handlesInUse(sql, table, derived.filter(Boolean))
  const taken = new Set([...inUse, ...records.map(({ handle }) => textOf(handle))])
  return records.map((record, i) => {
    const base = derived[i]
    if (!base) return record as Record & { handle?: string }
    const handle = taken.has(base) ? `${base}-${randomBytes(3).toString("hex")}` : base
    taken.add(handle)
    return { ...record, handle }
  })
}

async function handlesInUse(sql: Sql, table: string, handles: string[]): Promise<string[]> {
  if (handles.length === 0) return []
  const statement = `select handle from "${table}" where deleted_at is null and handle = any(?)`
  return (await query<{ handle: string }>(sql, statement, [handles])).map(({ handle }) => handle)
}
