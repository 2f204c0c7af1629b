import { SYSTEM, type HostContext } from "../host-context"
import type { PlannedCollection } from "./plan"

/**
 * Lists show the state of an item in the column of its key. A collection that an earlier version made gets that once: unless
 * somebody has given the key a name or a display, and the column only where nobody has changed the list.
 *
 * @returns whether something was changed.
 */
export async function showState(context: HostContext, planned: PlannedCollection): Promise<boolean> {
  const { collection, fields, preset } = planned
  const key = fields.find(({ schema }) => schema?.["is_primary_key"] === true)
  if (!key?.meta["display"]) return false
  const { display, translations } = key.meta
  const row = await context
    .database("directus_fields")
    .where({ collection, field: key.field })
    .first<{ display: string | null; translations: unknown } | undefined>("display", "translations")
  if (!row || row.display !== null || row.translations !== null) return false
  const schema = await context.getSchema({ bypassCache: true })
  const service = new context.services.FieldsService({ schema, accountability: SYSTEM })
  await service.updateField(collection, { field: key.field, meta: { display, translations } } as never)
  if (preset) await addColumn(context, preset, key.field)
  return true
}

async function addColumn(context: HostContext, preset: Record<string, unknown>, key: string): Promise<void> {
  const known = await context
    .database("directus_presets")
    .where({ collection: preset["collection"] })
    .whereNull("user")
    .whereNull("role")
    .whereNull("bookmark")
    .first<{ id: number; layout_query: unknown } | undefined>("id", "layout_query")
  if (!known) return
  const columns = columnsOf(preset["layout_query"])
  const before = columns.filter((column) => column !== key)
  if (JSON.stringify(columnsOf(known.layout_query)) !== JSON.stringify(before)) return
  const schema = await context.getSchema({ bypassCache: true })
  const service = new context.services.ItemsService("directus_presets", { schema, accountability: SYSTEM })
  await service.updateOne(known.id, preset)
}

function columnsOf(query: unknown): unknown[] {
  const parsed: unknown = typeof query === "string" ? JSON.parse(query) : query
  const { tabular } = (parsed ?? {}) as { tabular?: { fields?: unknown } }
  return Array.isArray(tabular?.fields) ? (tabular.fields as unknown[]) : []
}
