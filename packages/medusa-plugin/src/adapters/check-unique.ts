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
export async function checkUnique(...records: Parameters<typeof findTaken>): Promise<void> {
  const [reason] = (await findTaken(...records)).values()
  if (reason !== undefined) throw new SyncError("not_unique", reason)
}

/** Why Medusa would refuse those of the records that want what another one has. */
export async function findTaken(
  { sql }: Pick<KindTools, "sql">,
  name: string,
  { table, unique }: Pick<RecordKind, "table" | "unique">,
  records: Patch[],
): Promise<Map<Patch, string>> {
  const taken = new Map<Patch, string>()
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
    for (const { id, value } of holders) {
      const record = wanted.get(value)
      if (record && record.id !== id)
        taken.set(record, `${column} is taken by another ${name} (${id}). Change the ${column} of one of them.`)
    }
  }
  return taken
}
