import type { SchemaOverview } from "@directus/types"
import { SyncError, type EntityDefinition, type Logger } from "medusa-directus-core"
import { addMade, readMade } from "../adapters/control-store"
import { storedCollection, type Mismatch } from "../adapters/stored-collection"
import { SYSTEM, type HostContext } from "../host-context"
import { collectionFields, collectionMeta, type FieldInput } from "./field-definitions"

type Services = HostContext["services"]
type RawCollection = Parameters<InstanceType<Services["CollectionsService"]>["createOne"]>[0]
type NewField = Parameters<InstanceType<Services["FieldsService"]>["createField"]>[1]

const codeOf = (error: unknown): string =>
  error instanceof Error && typeof (error as { code?: unknown }).code === "string"
    ? (error as unknown as { code: string }).code
    : "unknown"

const describe = ({ directus, is, expected }: Mismatch): string =>
  is === null ? `${directus} is missing` : `${directus} is ${is} and not ${expected.join(" or ")}`

/**
 * Makes the collection of an entity when it is missing, and completes one that this extension made. A collection of
 * somebody else is never altered: what it lacks is left out of the sync and named in one line of the log.
 *
 * @returns the fields that are left out.
 * @throws SyncError `rejected_by_host` when the collection is missing and cannot be made.
 */
export async function ensureCollection(
  context: HostContext,
  entity: EntityDefinition,
  log: Logger,
): Promise<Mismatch[]> {
  const fresh = () => context.getSchema({ bypassCache: true })
  const before = await fresh()
  if (!before.collections[entity.collection]) await makeCollection(context, entity, before, log)
  else if ((await readMade(context.database)).includes(entity.collection))
    await completeCollection(context, entity, before, log)

  const now = await fresh()
  const found = storedCollection(now, entity)
  if (!found)
    throw new SyncError(
      "rejected_by_host",
      `The collection ${entity.collection} has no table or no primary key. Name another one: MEDUSA_SYNC_MAPPING=json:{"${entity.name}":{"collection":"…"}}`,
    )
  await refreshCache(context, entity, now)
  const external =
    entity.externalId !== null && found.stored.externalId === null
      ? [`${entity.externalId} (the Medusa id) is missing or no text`]
      : []
  const missing = [...found.mismatches.map(describe), ...external]
  if (missing.length > 0) {
    log.warn(
      `The collection ${entity.collection} was not made by this extension and is not altered. Left out of the sync: ${missing.join("; ")}. Add these fields, or map them in MEDUSA_SYNC_MAPPING ("<field>": "<your field>", or false).`,
    )
  }
  return found.mismatches
}

async function makeCollection(
  context: HostContext,
  entity: EntityDefinition,
  schema: SchemaOverview,
  log: Logger,
): Promise<void> {
  const service = new context.services.CollectionsService({ schema, accountability: SYSTEM })
  try {
    await service.createOne({
      collection: entity.collection,
      schema: {},
      meta: collectionMeta(entity),
      fields: collectionFields(entity),
    } as unknown as RawCollection)
    await addMade(context.database, entity.collection)
    log.info(`Made the collection ${entity.collection}.`)
  } catch (error) {
    // Another instance on a database without advisory locks was quicker.
    if ((await context.getSchema({ bypassCache: true })).collections[entity.collection]) return
    if (codeOf(error) === "LIMIT_EXCEEDED") {
      throw new SyncError(
        "rejected_by_host",
        `The licence of Directus has no room for the collection ${entity.collection} (25 collections without a licence key). Delete or deactivate one, or map one that exists: MEDUSA_SYNC_MAPPING=json:{"${entity.name}":{"collection":"<yours>"}}`,
      )
    }
    throw new SyncError(
      "rejected_by_host",
      `The collection ${entity.collection} could not be made (${codeOf(error)}). A folder of that name, or missing rights on the database? Name another one in MEDUSA_SYNC_MAPPING.`,
      { cause: error },
    )
  }
}

async function completeCollection(
  context: HostContext,
  entity: EntityDefinition,
  schema: SchemaOverview,
  log: Logger,
): Promise<void> {
  const existing = schema.collections[entity.collection]?.fields ?? {}
  const missing = collectionFields(entity).filter(
    ({ field, schema: column }) => !(field in existing) && !column["is_primary_key"],
  )
  for (const field of missing) await addField(context, entity.collection, field)
  if (missing.length > 0)
    log.info(`Added to the collection ${entity.collection}: ${missing.map(({ field }) => field).join(", ")}.`)
}

async function addField(context: HostContext, collection: string, field: FieldInput): Promise<void> {
  const fresh = await context.getSchema({ bypassCache: true })
  if (fresh.collections[collection]?.fields[field.field]) return
  await new context.services.FieldsService({ schema: fresh, accountability: SYSTEM }).createField(
    collection,
    field as unknown as NewField,
  )
}

/** An instance that was started before another one made the collection still has the old schema, and drops unknown fields. */
async function refreshCache(context: HostContext, entity: EntityDefinition, now: SchemaOverview): Promise<void> {
  const cached = (await context.getSchema()).collections[entity.collection]
  const fields = Object.keys(now.collections[entity.collection]?.fields ?? {})
  if (cached && fields.every((field) => field in cached.fields)) return
  await new context.services.UtilsService({ schema: now, accountability: SYSTEM }).clearCache({ system: true })
}
