import { generateEntityId, ProductTagWorkflowEvents, ProductTypeWorkflowEvents } from "@medusajs/framework/utils"
import { callModule } from "../module-methods"
import type { KindTools, Patch } from "../record-kind"
import { query } from "../../database/sql"

const LABELS = {
  type: { table: "product_type", model: "ProductType", prefix: "ptyp", created: ProductTypeWorkflowEvents.CREATED },
  tag: { table: "product_tag", model: "ProductTag", prefix: "ptag", created: ProductTagWorkflowEvents.CREATED },
} as const

/** The ids of types or tags by their names; what nobody has used yet is made. */
async function idsByName(
  { sql, calls, modules }: KindTools,
  label: keyof typeof LABELS,
  names: string[],
): Promise<Map<string, string>> {
  const { table, model, prefix, created } = LABELS[label]
  const wanted = [...new Set(names)]
  if (wanted.length === 0) return new Map()
  const found = await query<{ id: string; value: string }>(
    sql,
    `select id, value from ${table} where deleted_at is null and value = any(?)`,
    [wanted],
  )
  const ids = new Map(found.map(({ id, value }) => [value, id]))
  const missing = wanted.filter((value) => !ids.has(value))
  if (missing.length === 0) return ids
  const records = missing.map((value) => ({ id: generateEntityId(undefined, prefix), value }))
  await callModule(calls, modules.product, model, ["create"], [records])
  calls.announce(
    created,
    records.map(({ id }) => id),
  )
  for (const { id, value } of records) ids.set(value, id)
  return ids
}

const tagsOf = ({ tags }: Patch): string[] => (Array.isArray(tags) ? tags.map(String) : [])

/** What the mapping knows by names and lists, as the module's service takes it: `type_id`, `tag_ids`, `category_ids`. */
export async function withIds<Of extends Patch>(tools: KindTools, patches: Of[]): Promise<Of[]> {
  const types = patches.flatMap(({ type }) => (typeof type === "string" ? type : []))
  const typeIds = await idsByName(tools, "type", types)
  const tagIds = await idsByName(tools, "tag", patches.flatMap(tagsOf))
  return patches.map((patch) => {
    const { type, tags, categories, ...rest } = patch
    return {
      ...rest,
      ...(type === undefined ? {} : { type_id: typeof type === "string" ? typeIds.get(type) : null }),
      ...(tags === undefined ? {} : { tag_ids: tagsOf(patch).map((value) => tagIds.get(value)) }),
      ...(categories === undefined ? {} : { category_ids: categories }),
    } as unknown as Of
  })
}
