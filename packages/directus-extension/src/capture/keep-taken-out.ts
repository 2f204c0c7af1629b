import type { EventContext, PrimaryKey } from "@directus/types"
import { archiveOfPart } from "../items/archives-taken-out"
import { inBatches } from "../database/batches"
import { localIdOf } from "../items/item-ids"
import type { StoredKind } from "../items/stored-kinds"
import type { HostContext } from "../host-context"
import { isOwnWrite } from "../own-write"
import { TABLES } from "../database/tables"
import type { CapturedIn } from "./captured"
import type { Marker } from "./mark-dirty"

type Item = Record<string, unknown>

const isItem = (value: unknown): value is Item => typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Before a part is taken out of its whole, which Directus does by emptying the reference: one that Medusa has is archived
 * instead, and stays a part of it. One that Medusa does not have leaves it: Directus empties the references of all that are
 * taken out with one payload, so that those are taken from its keys and get an update of their own.
 */
export const keepTakenOut =
  (capturedIn: CapturedIn, marker: Pick<Marker, "isReady">, services: Pick<HostContext["services"], "ItemsService">) =>
  async (
    payload: unknown,
    meta: Record<string, unknown>,
    { schema, database, accountability }: EventContext,
  ): Promise<unknown> => {
    if (!isItem(payload) || !Array.isArray(meta["keys"])) return payload
    const keys = meta["keys"] as PrimaryKey[]
    const captured = capturedIn(schema)
    const kind = captured?.kinds.heldBy(String(meta["collection"]))
    const mark = kind && archiveOfPart(kind.entity)
    const parent = kind?.entity.fields.get(kind.entity.parent ?? "")?.directus
    if (!schema || !captured || !kind || !mark || parent == null || payload[parent] !== null) return payload
    if (!kind.stored.fields.has(mark.path)) return payload
    const idOf = (key: PrimaryKey): string => localIdOf(kind.stored.keyType, captured.dialect, key)
    const ids = keys.map(idOf)
    if (ids.every((id) => isOwnWrite(database, kind.stored.name, id, "update"))) return payload
    if (!(await marker.isReady(database))) return payload
    const there = await thoseInMedusa(database, kind, ids)
    if (there.size === 0) return payload
    const others = keys.filter((key) => !there.has(idOf(key)))
    if (others.length > 0) {
      // Directus updates what is left in its own array.
      keys.splice(0, keys.length, ...keys.filter((key) => there.has(idOf(key))))
      const items = new services.ItemsService(kind.stored.name, { knex: database, schema, accountability })
      await items.updateMany(others, payload)
    }
    const { [parent]: _, ...rest } = payload
    return { ...rest, [mark.path]: mark.value }
  }

async function thoseInMedusa(
  database: EventContext["database"],
  { entity }: StoredKind,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const there = new Set<string>()
  for (const batch of inBatches(ids))
    for (const { local_id: id } of await database(TABLES.link)
      .where({ entity: entity.name, standing: "alive" })
      .whereIn("local_id", batch)
      .whereNotNull("peer_id")
      .select<{ local_id: string }[]>("local_id"))
      there.add(id)
  return there
}
