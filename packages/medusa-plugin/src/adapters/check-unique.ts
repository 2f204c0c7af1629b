import { SyncError } from "medusa-directus-core"
import type { KindTools, Patch, RecordKind } from "./record-kind"
import { query } from "./sql"

/**
 * Asks for who holds a value before Medusa does: its own refusals hold the value, and after a unique violation the
 * transaction can no longer find out.
 *
 * @param name - the kind's name.
 * @throws SyncError `not_unique`, naming the holder.
 */
export async function checkUnique(
  { sql }: Pick<KindTools, "sql">,
  name: string,
  { table, unique }: Pick<RecordKind, "table" | "unique">,
  records: Patch[],
): Promise<void> {
  for (const column of unique) {
    const wanted = new Map<string, Patch>()
    for (const record of records) {
      const value = record[column]
      if (typeof value === "string") wanted.set(value, record)
    }
    if (wanted.size === 0) continue
    const holders = await query<{ id: string; value: string }>(
      sql,
      `select id, "${column}" as value from "${table}" where deleted_at is null and "${column}" = any(?)`,
      [[...wanted.keys()]],
    )
    const other = holders.find(({ id, value }) => wanted.get(value)?.id !== id)
    if (other)
      throw new SyncError(
        "not_unique",
        `${column} is taken by another ${name} (${other.id}). Change the ${column} of one of them.`,
      )
  }
}
