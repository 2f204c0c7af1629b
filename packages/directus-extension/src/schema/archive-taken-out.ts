import type { Relation, SchemaOverview } from "@directus/types"
import { SYSTEM, type HostContext } from "../host-context"
import type { PlannedCollection, PlannedField } from "./plan"

/**
 * A part that is taken out of the list of its whole is archived. In a collection of an earlier version, which deleted it for
 * good, that is set once, together with what shows an archived one: whoever sets it back afterwards has meant it.
 *
 * @param all - the collections that this extension made, with the wholes.
 * @returns whether something was changed.
 */
export async function archiveTakenOut(
  context: HostContext,
  schema: SchemaOverview,
  { collection, fields, relations }: PlannedCollection,
  all: readonly PlannedCollection[],
): Promise<boolean> {
  const part = relations.find(
    ({ schema: { on_delete }, meta }) => on_delete === "CASCADE" && meta["one_deselect_action"] === "nullify",
  )
  const mark = part && fields.find(({ meta }) => meta["hidden"] === true && Array.isArray(meta["conditions"]))
  if (!mark) return false
  const row = await rowOf(context, collection, mark)
  if (!row || row.conditions !== null) return false
  const service = { schema, accountability: SYSTEM }
  const known = schema.relations.find((each) => each.collection === collection && each.field === part.field)
  if (known?.meta?.one_deselect_action === "delete")
    await new context.services.RelationsService(service).updateOne(collection, part.field, {
      meta: { one_deselect_action: "nullify" },
    } as Partial<Relation>)
  const whole = all.find((each) => each.collection === part.related_collection)
  const list = whole?.fields.find(({ field }) => field === part.meta["one_field"])
  const inputs = new context.services.FieldsService(service)
  if (whole && list) await showMark(context, inputs, whole.collection, list, mark.field)
  // The last step: it says that the others have been taken.
  await inputs.updateField(collection, { field: mark.field, meta: { conditions: mark.meta["conditions"] } } as never)
  return true
}

/** A list of parts whose columns nobody has changed shows which of them are archived. */
async function showMark(
  context: HostContext,
  service: InstanceType<HostContext["services"]["FieldsService"]>,
  collection: string,
  list: PlannedField,
  mark: string,
): Promise<void> {
  const row = await rowOf(context, collection, list)
  const columns = columnsOf(list.meta["options"]).filter((column) => column !== mark)
  if (!row || JSON.stringify(columnsOf(row.options)) !== JSON.stringify(columns)) return
  await service.updateField(collection, { field: list.field, meta: { options: list.meta["options"] } } as never)
}

const rowOf = (context: HostContext, collection: string, { field }: PlannedField) =>
  context
    .database("directus_fields")
    .where({ collection, field })
    .first<{ conditions: unknown; options: unknown } | undefined>("conditions", "options")

function columnsOf(options: unknown): unknown[] {
  const parsed: unknown = typeof options === "string" ? JSON.parse(options) : options
  const { fields } = (parsed ?? {}) as { fields?: unknown }
  return Array.isArray(fields) ? (fields as unknown[]) : []
}
