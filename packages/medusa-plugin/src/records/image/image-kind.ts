import { ProductWorkflowEvents } from "@medusajs/framework/utils"
import { moduleKind } from "../module-kind"
import { addThumbnails } from "./add-thumbnails"
import type { KindTools, Patch, RecordKind } from "../record-kind"
import { query } from "../../database/sql"

const images = moduleKind({
  table: "image",
  model: "ProductImage",
  service: (modules) => modules.product,
  idPrefix: "img",
  whenNull: { rank: 0 },
})

export const imageKind: RecordKind = {
  ...images,
  async create(tools, records) {
    const placed = await ranked(tools, records)
    const ids = await images.create(tools, placed)
    await addThumbnails(tools, placed, ids)
    return ids
  },
  // Medusa has no event of images: its workflows say that the product was updated.
  async announce({ sql, calls }, { created, updated, removed }) {
    const products = await query<{ product_id: string }>(
      sql,
      "select distinct product_id from image where id = any(?) order by 1",
      [[...created, ...updated, ...removed]],
    )
    calls.announce(
      ProductWorkflowEvents.UPDATED,
      products.map(({ product_id: id }) => id),
    )
  },
}

/** An image without a rank becomes the last of its product. */
async function ranked({ sql }: KindTools, records: Patch[]): Promise<Patch[]> {
  const without = records.filter(({ rank }) => rank === undefined)
  if (without.length === 0) return records
  const last = await query<{ product_id: string; next: number }>(
    sql,
    "select product_id, max(rank) + 1 as next from image where product_id = any(?) and deleted_at is null group by 1",
    [without.map(({ product_id: id }) => id)],
  )
  const nextOf = new Map<unknown, number>(last.map(({ product_id: id, next }) => [id, next]))
  return records.map((record) => {
    if (record.rank !== undefined) return record
    const rank = nextOf.get(record.product_id) ?? 0
    nextOf.set(record.product_id, rank + 1)
    return { ...record, rank }
  })
}
