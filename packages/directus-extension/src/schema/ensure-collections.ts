import type { SchemaOverview } from "@directus/types"
import { SyncError, type EntityDefinition, type Logger } from "medusa-directus-core/host"
import { readMade } from "../ports/control-store"
import type { Mismatch } from "../database/mismatch"
import { storedCollection } from "../items/stored-collection"
import { keyTypeOf } from "../items/stored-relations"
import { SYSTEM, type HostContext } from "../host-context"
import { completeCollections } from "./complete-collections"
import { ensureLanguages } from "./ensure-languages"
import { ensurePresets } from "./ensure-presets"
import { makeCollections } from "./make-collections"
import type { Ground } from "./plan"
import { planCollections } from "./plan-collections"

type Entities = ReadonlyMap<string, EntityDefinition>

const groundOf = (schema: SchemaOverview, made: readonly string[]): Ground => ({
  isOurs: (collection) => !schema.collections[collection] || made.includes(collection),
  keyType: (collection) => (schema.collections[collection] ? keyTypeOf(schema, collection) : "uuid"),
})

/**
 * Makes the collections of a mapping that are missing, all or none, and completes those that this extension made. A
 * collection of somebody else is never altered: what it lacks is left out of the sync and named in one line of the log.
 *
 * @returns the fields that are left out.
 * @throws SyncError `rejected_by_host` when a collection is missing and cannot be made.
 */
export async function ensureCollections(context: HostContext, entities: Entities, log: Logger): Promise<Mismatch[]> {
  const fresh = () => context.getSchema({ bypassCache: true })
  const before = await fresh()
  const planned = planCollections(entities, groundOf(before, await readMade(context.database)))
  const missing = planned.filter(({ collection }) => !before.collections[collection])
  if (missing.length > 0) await makeCollections(context, before, missing, log)

  // Another instance may have been quicker: then its collections are ours as well.
  const made = await readMade(context.database)
  const ours = planned.filter(({ collection }) => made.includes(collection))
  const changed = await completeCollections(context, ours, log)
  await ensurePresets(context, await fresh(), ours)

  const now = await fresh()
  await refreshCache(
    context,
    now,
    [...entities.values()].map(({ collection }) => collection),
    changed,
  )
  const leftOut = [...entities.values()].flatMap((entity) => check(now, entities, entity, log))
  return [...leftOut, ...(await ensureLanguages(context, now, entities, log))]
}

function check(schema: SchemaOverview, entities: Entities, entity: EntityDefinition, log: Logger): Mismatch[] {
  const collection = schema.collections[entity.collection]
  if (!collection)
    throw new SyncError(
      "rejected_by_host",
      `The collection ${entity.collection} has no table or no primary key. Name another one: MEDUSA_SYNC_MAPPING=json:{"${entity.name}":{"collection":"…"}}`,
    )
  const found = storedCollection(schema, entities, entity, collection)
  const external =
    entity.externalId !== null && found.stored.externalId === null
      ? [`${entity.externalId} (the Medusa id) is missing or no text`]
      : []
  const missing = [...found.mismatches.map(describe), ...external]
  if (missing.length > 0)
    log.warn(
      `The collection ${entity.collection} is not altered by this extension. Left out of the sync: ${missing.join("; ")}. Add these fields, or map them in MEDUSA_SYNC_MAPPING ("<field>": "<your field>", or false).`,
    )
  return found.mismatches
}

const describe = ({ directus, is, expected }: Mismatch): string =>
  is === null ? `${directus} is missing` : `${directus} is ${is} and not ${expected.join(" or ")}`

/** An instance that was started before another one made the collections still has the old schema, and drops unknown fields. */
async function refreshCache(
  context: HostContext,
  now: SchemaOverview,
  collections: string[],
  changed: boolean,
): Promise<void> {
  const cached = await context.getSchema()
  const knows = (collection: string): boolean =>
    Object.keys(now.collections[collection]?.fields ?? {}).every(
      (field) => field in (cached.collections[collection]?.fields ?? {}),
    )
  if (!changed && collections.every(knows) && cached.relations.length === now.relations.length) return
  await new context.services.UtilsService({ schema: now, accountability: SYSTEM }).clearCache({ system: true })
}
