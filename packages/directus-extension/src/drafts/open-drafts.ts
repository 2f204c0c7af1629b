import type { Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"
import { localIdOf } from "../items/item-ids"
import type { Item } from "../items/item-values"
import { TABLES } from "../database/tables"
import { isItem, type DraftReader } from "./drafted"
import { keepBases } from "./keep-bases"

/** Drafts that are older than this part of the sync: what Medusa changes from now on, their authors have not seen. */
export async function keepOpenDrafts(reader: DraftReader, log: Logger): Promise<void> {
  const { knex, kinds, dialect } = reader
  try {
    const rows = await knex("directus_versions")
      .whereIn(
        "collection",
        kinds.all().map(({ entity }) => entity.collection),
      )
      .whereNotNull("item")
      .whereNotNull("delta")
      .whereNotIn("id", knex(TABLES.draft).select("version"))
      .select<Item[]>("id", "collection", "item", "delta")
    for (const { id, collection, item, delta } of rows) {
      const kind = kinds.heldBy(String(collection))
      const change: unknown = typeof delta === "string" ? JSON.parse(delta) : delta
      if (!kind || !isItem(change)) continue
      await keepBases(reader, String(id), kind, localIdOf(kind.stored.keyType, dialect, item), change)
    }
  } catch (error) {
    log.warn(`What the open versions are based on could not be kept (${cleanError(error).message}).`)
  }
}
