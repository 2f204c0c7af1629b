import type { Knex } from "knex"
import type { Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"
import { addressFields, addressKey } from "../items/image-uses"
import { keysOf, localIdOf } from "../items/item-ids"
import { TABLES } from "../database/tables"
import type { Change } from "./captured"

type Item = Record<string, unknown>

/** What one edit may concern; many items with one address are nobody's typing. */
const MOST = 100

/**
 * An editor who types another address would go on seeing the copy of the old one beside it: the same edit takes it off. A
 * file that somebody chose stays.
 */
export async function withoutOldCopies(payload: Item, change: Change, log: Logger): Promise<Item> {
  const fields = change.kind ? addressFields(change.kind, payload) : []
  const cleared: Item = {}
  for (const { text, file } of fields) {
    const typed = payload[text]
    if (typeof typed !== "string" || file in payload || change.ids.length > MOST) continue
    try {
      // In a savepoint: a failed question must not take the editor's transaction with it.
      const areOld = await change.context.database.transaction((savepoint) =>
        showOldCopies(savepoint, change, text, file, addressKey(typed)),
      )
      if (areOld) cleared[file] = null
    } catch (error) {
      log.warn(`The copy of an old picture stays beside a new address (${cleanError(error).message}).`)
    }
  }
  return { ...payload, ...cleared }
}

async function showOldCopies(
  knex: Knex,
  { kind, ids, captured }: Change,
  text: string,
  file: string,
  typedKey: string,
): Promise<boolean> {
  if (!kind) return false
  const { name, primaryKey, keyType } = kind.stored
  const copies = await knex(TABLES.imageUse)
    .where({ entity: kind.entity.name, field: text, state: "placed" })
    .whereNot({ address_key: typedKey })
    .whereIn("local_id", ids)
    .select<{ local_id: string; file: string }[]>("local_id", "file")
  if (copies.length === 0) return false
  const copyOf = new Map(copies.map((copy) => [copy.local_id, copy.file]))
  const rows = (await knex(name)
    .whereIn(primaryKey, keysOf(keyType, ids))
    .whereNotNull(file)
    .select({ id: primaryKey, file })) as { id: unknown; file: string }[]
  return rows.every((row) => copyOf.get(localIdOf(keyType, captured.dialect, row.id)) === row.file)
}
