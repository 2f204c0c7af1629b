import { kebabCase, ProductCategoryWorkflowEvents } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"
import { textOf, withHandles } from "../handles"
import { moduleKind } from "../module-kind"
import type { Change, KindTools, RecordKind } from "../record-kind"
import { query } from "../../database/sql"
import { placeCategories } from "./place-categories"

const TABLE = "product_category"

const categories = moduleKind({
  table: TABLE,
  model: "ProductCategory",
  service: (modules) => modules.product,
  idPrefix: "pcat",
  unique: ["handle"],
  whenNull: { description: "", is_active: false, is_internal: false, rank: 0 },
  events: ProductCategoryWorkflowEvents,
})

/** Without the two columns by which Medusa's service would rank the siblings anew. */
const unplaced = <Of extends object>(record: Of): Omit<Of, "rank" | "parent_category_id"> => {
  const { rank: _rank, parent_category_id: _parent, ...rest } = record as Of & Record<string, unknown>
  return rest as Omit<Of, "rank" | "parent_category_id">
}

export const categoryKind: RecordKind = {
  ...categories,
  async create(tools, records) {
    const named = await withHandles(tools.sql, TABLE, records, ({ name }) => kebabCase(textOf(name)))
    const ids = await categories.create(
      tools,
      // Without a rank the service puts it last, which moves no sibling.
      named.map(({ rank: _, ...record }) => record),
    )
    await placeCategories(
      tools,
      records.map(({ rank }, i) => ({ id: ids[i] ?? "", rank })),
    )
    return ids
  },
  async update(tools, changes) {
    const plain = changes.map((change): Change => ({ ...unplaced(change), id: change.id }))
    const told = plain.filter((change) => Object.keys(change).length > 1)
    if (told.length > 0) await categories.update(tools, told)
    await placeCategories(tools, changes)
  },
  // By SQL, as placeCategories: the service ranks the siblings anew, and refuses a category together with its children.
  async remove({ sql }, ids) {
    await checkChildren({ sql }, ids)
    await query(sql, `update ${TABLE} set deleted_at = now() where id = any(?) and deleted_at is null`, [ids])
  },
  async restore({ sql }, ids) {
    const restored = "update product_category set deleted_at = null, updated_at = now()"
    await query(sql, `${restored} where id = any(?) and deleted_at is not null`, [ids])
  },
}

async function checkChildren({ sql }: Pick<KindTools, "sql">, ids: string[]): Promise<void> {
  const left = await query(
    sql,
    `select 1 from ${TABLE} where parent_category_id = any(?) and not id = any(?) and deleted_at is null limit 1`,
    [ids, ids],
  )
  if (left.length > 0)
    throw new SyncError(
      "rejected_by_host",
      "Medusa deletes no category that has others below it. Delete those first, or put them elsewhere.",
    )
}
