import { inBatches } from "../database/batches"
import { keysOf, localIdOf } from "./item-ids"
import { readRows, type Reader } from "./read-rows"
import { saveSnapshots } from "./snapshot-store"

/** Keeps the last values of the parts of records that are about to go: the database takes them along and tells nobody. */
export async function savePartSnapshots(
  reader: Reader,
  kind: string,
  localIds: readonly string[],
  now: number,
): Promise<void> {
  const whole = reader.kinds.find(kind)
  if (!whole) return
  for (const { part, column } of reader.kinds.partsOf(kind)) {
    const { name, primaryKey, keyType } = part.stored
    for (const batch of inBatches(keysOf(whole.stored.keyType, localIds))) {
      const rows = await reader.knex(name).whereIn(column, batch).select<Record<string, unknown>[]>(primaryKey)
      const ids = rows.map((row) => localIdOf(keyType, reader.dialect, row[primaryKey]))
      if (ids.length === 0) continue
      await saveSnapshots(reader.knex, part.entity.name, await readRows(reader, part, ids), now)
      await savePartSnapshots(reader, part.entity.name, ids, now)
    }
  }
}
