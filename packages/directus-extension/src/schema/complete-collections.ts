import type { SchemaOverview } from "@directus/types"
import type { Logger } from "medusa-directus-core/host"
import { SYSTEM, type HostContext } from "../host-context"
import type { PlannedCollection, PlannedField, PlannedRelation } from "./plan"
import { archiveTakenOut } from "./archive-taken-out"
import { loosenMarks } from "./loosen-marks"
import { showState } from "./show-state"

type Services = HostContext["services"]
type NewField = Parameters<InstanceType<Services["FieldsService"]>["createField"]>[1]
type NewRelation = Parameters<InstanceType<Services["RelationsService"]>["createOne"]>[0]

/**
 * Adds what is missing to collections that this extension made: fields of a newer version, and relations, which need the
 * collections of both ends. Each step looks first, so that one that was cut short is taken up again.
 *
 * @returns whether something was added.
 */
export async function completeCollections(
  context: HostContext,
  planned: readonly PlannedCollection[],
  log: Logger,
): Promise<boolean> {
  let changed = false
  for (const each of planned) {
    const { collection, meta, fields } = each
    const known = await knownFields(context, collection)
    const added: string[] = []
    for (const field of fields)
      if (!known.has(field.field) && (await addField(context, collection, field))) added.push(field.field)
    if (added.length > 0) {
      await copyAlong(context, collection, meta, added)
      log.info(`Added to the collection ${collection}: ${added.join(", ")}.`)
    }
    const plain = fields.filter(
      ({ field, schema }) => known.get(field) === "plain" && schema?.["is_primary_key"] !== true,
    )
    await arrangePlain(context, collection, meta, plain)
    const shown = await showState(context, each)
    changed ||= shown || added.length + plain.length > 0
  }
  const schema = await context.getSchema({ bypassCache: true })
  for (const each of planned) changed = (await loosenMarks(context, schema, each)) || changed
  for (const each of planned) changed = (await archiveTakenOut(context, schema, each, planned)) || changed
  for (const relation of planned.flatMap(({ relations }) => relations))
    changed = (await addRelation(context, schema, relation)) || changed
  return changed
}

type Known = "plain" | "arranged"

/** `plain`: as the version made it that had no sections and no translations. */
async function knownFields(context: HostContext, collection: string): Promise<Map<string, Known>> {
  const schema = await context.getSchema({ bypassCache: true })
  const rows = await context
    .database("directus_fields")
    .where({ collection })
    .select<{ field: string; group: string | null; translations: unknown }[]>("field", "group", "translations")
  const columns = Object.keys(schema.collections[collection]?.fields ?? {})
  return new Map([
    ...columns.map((field): [string, Known] => [field, "arranged"]),
    // A section has no data, so that the schema does not know it.
    ...rows.map(({ field, group, translations }): [string, Known] => [
      field,
      group === null && translations === null ? "plain" : "arranged",
    ]),
  ])
}

async function addField(context: HostContext, collection: string, field: PlannedField): Promise<boolean> {
  const schema = await context.getSchema({ bypassCache: true })
  if (schema.collections[collection]?.fields[field.field]) return false
  // It takes its place in the form; those after it keep the order that an editor may have given them.
  await context
    .database("directus_fields")
    .where({ collection })
    .andWhere("sort", ">=", Number(field.meta["sort"]))
    .increment("sort", 1)
  const service = new context.services.FieldsService({ schema, accountability: SYSTEM })
  await service.createField(collection, field as unknown as NewField)
  return true
}

/** "Save as copy" takes the new fields along, unless somebody has left it to Directus what is copied. */
async function copyAlong(
  context: HostContext,
  collection: string,
  { item_duplication_fields: planned }: PlannedCollection["meta"],
  added: readonly string[],
): Promise<void> {
  const schema = await context.getSchema({ bypassCache: true })
  const service = new context.services.CollectionsService({ schema, accountability: SYSTEM })
  const copied = (await service.readOne(collection)).meta?.item_duplication_fields
  if (!Array.isArray(copied) || !Array.isArray(planned)) return
  const paths = (planned as string[]).filter(
    (path) => added.includes(path.split(".")[0] ?? "") && !copied.includes(path),
  )
  if (paths.length === 0) return
  const meta = { item_duplication_fields: [...copied, ...paths] }
  await service.updateOne(collection, { meta } as never)
}

async function arrangePlain(
  context: HostContext,
  collection: string,
  { translations }: PlannedCollection["meta"],
  fields: PlannedField[],
): Promise<void> {
  const wanted = fields.filter(({ meta }) => (meta["translations"] ?? null) !== null)
  if (wanted.length === 0) return
  const schema = await context.getSchema({ bypassCache: true })
  const service = new context.services.FieldsService({ schema, accountability: SYSTEM })
  for (const { field, meta } of wanted) {
    const { group, sort, translations: names } = meta
    await service.updateField(collection, { field, meta: { group, sort, translations: names } } as never)
  }
  const collections = new context.services.CollectionsService({ schema, accountability: SYSTEM })
  await collections.updateOne(collection, { meta: { translations } } as never)
}

async function addRelation(context: HostContext, schema: SchemaOverview, relation: PlannedRelation): Promise<boolean> {
  const { collection, field, related_collection: related } = relation
  const isThere = schema.relations.some((each) => each.collection === collection && each.field === field)
  if (isThere || !schema.collections[collection]?.fields[field] || !schema.collections[related]) return false
  const service = new context.services.RelationsService({ schema, accountability: SYSTEM })
  await service.createOne(relation as unknown as NewRelation)
  return true
}
