import { ForbiddenError } from "@directus/errors"
import { SyncError } from "medusa-directus-core/host"
import { keysOf } from "../items/item-ids"
import type { HostContext } from "../host-context"
import type { RunningSync } from "../running-sync"
import type { DirectusRequest } from "./async-handler"

/** A collection of the mapping, and those of the asked items that this user may read. */
export interface Readable {
  kind: string
  items: string[]
}

/**
 * The sync's tables know no permissions: what a user may know of an item is asked of Directus.
 *
 * @throws ForbiddenError without a login, or when the user may read nothing of the collection.
 */
export async function readableItems(
  { services, getSchema }: HostContext,
  { ports }: RunningSync,
  { accountability }: DirectusRequest,
  collection: string,
  items: readonly string[],
): Promise<Readable> {
  if (!accountability?.user) throw new ForbiddenError()
  const kind = [...ports.config.entities.values()].find((entity) => entity.collection === collection)?.name
  if (kind === undefined) throw new SyncError("not_found", `The collection ${collection} is not in sync with Medusa.`)
  const schema = await getSchema()
  const key = schema.collections[collection]?.primary
  const type = key && schema.collections[collection]?.fields[key]?.type
  if (!type) throw new SyncError("not_found", `There is no collection ${collection}.`)
  const service = new services.ItemsService(collection, { schema, accountability })
  const rows = await service.readByQuery(
    { fields: [key], filter: { [key]: { _in: keysOf(type, items) } }, limit: -1 },
    { emitEvents: false },
  )
  return { kind, items: rows.map((row) => String((row as Record<string, unknown>)[key])) }
}
