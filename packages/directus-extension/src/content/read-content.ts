import {
  ANY_PUBLISHED,
  SyncError,
  type ContentItem,
  type ContentRequest,
  type Logger,
  type SyncConfig,
} from "medusa-directus-core/host"
import { makeAssets } from "../items/asset-address"
import type { Dialect } from "../database/dialect"
import { keysOf, localIdOf } from "../items/item-ids"
import { keyTypeOf } from "../items/stored-relations"
import type { HostContext } from "../host-context"
import { TABLES } from "../database/tables"
import { deepOf, fieldsOf } from "./content-plan"
import { planContent } from "./plan-content"
import type { ArchiveFields } from "./publishing-rules"
import { shapeContent } from "./shape-content"

export interface ContentParts {
  context: HostContext
  dialect: Dialect
  config: SyncConfig
  publicUrl: string
  /** Words of a status field that make an item public. */
  published: readonly string[]
  log: Logger
}

/**
 * The published content of records, by their ids in Medusa: one question to the links, one to Directus's service.
 * Content versions are never asked for, so what is saved in one stays there.
 */
export function makeContentReader({ context, dialect, config, publicUrl, published, log }: ContentParts) {
  const { database, services, getSchema } = context
  const { addressOf } = makeAssets(publicUrl)
  let isTold = false

  /** A shop that named its words in Medusa alone would not know why its pages are empty. */
  function tellOthers(asked: readonly string[]): void {
    if (isTold || asked.includes(ANY_PUBLISHED) || asked.every((word) => published.includes(word))) return
    isTold = true
    log.warn(
      "Medusa asks for items whose status MEDUSA_SYNC_PUBLISHED does not name, and gets none of them. If they are public, name their words there and restart Directus; if not, take them out of the option content.published of the plugin.",
    )
  }

  return async ({ entity: name, ids, ...wish }: ContentRequest): Promise<Record<string, ContentItem>> => {
    const entity = config.entities.get(name)
    if (!entity) throw new SyncError("not_found", `The kind "${name}" is not synced, so it has no content.`)
    tellOthers(wish.published)
    const schema = await getSchema()
    const links = await linksOf(name, ids)
    const ground = { schema, entities: config.entities, archives: await readArchives(), published }
    const plan = planContent(ground, entity, wish)
    if (!plan || links.size === 0) return {}
    const keyType = keyTypeOf(schema, entity.collection)
    const keys = keysOf(keyType, [...links.keys()])
    const service = new services.ItemsService(entity.collection, { schema, accountability: null })
    const rows = (await service.readByQuery({
      fields: fieldsOf(plan),
      filter: { [plan.primaryKey]: { _in: keys } },
      deep: deepOf(plan),
      limit: -1,
    })) as Record<string, unknown>[]
    const items: Record<string, ContentItem> = {}
    for (const row of rows) {
      const id = links.get(localIdOf(keyType, dialect, row[plan.primaryKey]))
      const item = shapeContent(plan, row, addressOf)
      // The field that the sync shows Medusa's id in can be typed over by nobody; the link is what counts.
      if (id !== undefined && item) items[id] = item
    }
    return items
  }

  /** Local id → id in Medusa. */
  async function linksOf(entity: string, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await database(TABLES.link)
      .where({ entity })
      .whereIn("peer_id", [...ids])
      .select<{ local_id: string; peer_id: string }[]>("local_id", "peer_id")
    return new Map(rows.map(({ local_id: local, peer_id: peer }) => [local, peer]))
  }

  async function readArchives(): Promise<ArchiveFields> {
    const rows = await database("directus_collections")
      .whereNotNull("archive_field")
      .select<{ collection: string; archive_field: string; archive_value: string | null }[]>(
        "collection",
        "archive_field",
        "archive_value",
      )
    return new Map(
      rows.map(({ collection, archive_field: field, archive_value: value }) => [
        collection,
        { field, value: value ?? "" },
      ]),
    )
  }
}
