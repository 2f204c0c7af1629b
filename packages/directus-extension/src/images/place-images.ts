import type { ActionEventParams } from "@directus/types"
import type { Knex } from "knex"
import { makeCachePurge } from "../items/cache-purge"
import { cleanError } from "../database/database-error"
import { lockRows } from "../database/dialect"
import { readRefusal } from "../items/host-refusal"
import {
  dropUse,
  existingFiles,
  forgetFile,
  holdUse,
  markPlaced,
  refuseUse,
  settledUses,
  type SettledUse,
} from "./image-store"
import { addressFields } from "../items/image-uses"
import { keyOf } from "../items/item-ids"
import { SYSTEM } from "../host-context"
import type { ImportParts } from "./parts"

const PAGE = 100

/** Puts the copies that are here into the items that show their addresses, and tells of those that cannot be had. */
export async function placeImages(parts: ImportParts, isStopped: () => boolean): Promise<void> {
  const { context, log } = parts
  let after: string | number = 0
  for (;;) {
    const uses = await settledUses(context.database, after, PAGE)
    for (const use of uses) {
      if (isStopped()) return
      try {
        await settle(parts, use)
      } catch (error) {
        const refusal = readRefusal(use.entity, error)
        if (refusal) await refuseUse(context.database, parts.dialect, use, refusal.error.message, Date.now())
        else log.warn(`A copy could not be put into its item and is tried again: ${cleanError(error).message}`)
      }
    }
    const last = uses.at(-1)
    if (!last || uses.length < PAGE) return
    after = last.id
  }
}

async function settle(parts: ImportParts, use: SettledUse): Promise<void> {
  const { context, emitter, log } = parts
  if (use.state === "refused") {
    await context.database.transaction((trx) => refuseUse(trx, parts.dialect, use, use.reason ?? "", Date.now()))
    return
  }
  const events: ActionEventParams[] = []
  // Before the transaction: with SQLite's single connection it would wait for itself.
  const schema = await context.getSchema()
  const { kinds } = await parts.reader()
  const kind = kinds.find(use.entity)
  const field = kind && addressFields(kind).find(({ text }) => text === use.field)
  const key = kind ? keyOf(kind.stored.keyType, use.local_id) : undefined
  await context.database.transaction(async (trx: Knex.Transaction) => {
    if (!kind || !field || key === undefined) return void (await dropUse(trx, use))
    const { name, primaryKey } = kind.stored
    const item = trx(name)
      .where({ [primaryKey]: key })
      .select({ text: field.text, file: field.file })
    // The item first, as an apply does.
    const [row] = (await lockRows(item, parts.dialect)) as { text: string | null; file: string | null }[]
    if (!(await holdUse(trx, parts.dialect, use))) return
    // Somebody has chosen another address or a file meanwhile: that stays.
    if (row?.text !== use.address || row.file !== null) return void (await dropUse(trx, use))
    if (!(await existingFiles(trx, [use.file])).has(use.file))
      return void (await forgetFile(trx, use.address_key, use.file, Date.now()))
    await markPlaced(trx, use)
    // Not the sync's own write: the mark that it makes finds nothing to tell, or what a hook changed in the same breath.
    await new context.services.ItemsService(name, { knex: trx, schema, accountability: SYSTEM }).updateOne(
      key,
      { [field.file]: use.file },
      {
        autoPurgeCache: false,
        bypassLimits: true,
        ...(emitter ? { bypassEmitAction: (event: ActionEventParams) => void events.push(event) } : {}),
      },
    )
  })
  await makeCachePurge(context, log)()
  emitter?.emit(events)
}
