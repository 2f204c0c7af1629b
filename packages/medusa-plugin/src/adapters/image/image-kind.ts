import { ProductWorkflowEvents } from "@medusajs/framework/utils"
import { checkAddresses } from "../check-addresses"
import { moduleKind } from "../module-kind"
import type { KindTools, Patch, RecordKind } from "../record-kind"
import { query } from "../sql"

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
    checkAddresses(records, "url")
    const first = await firstOfTheirs(tools, records)
    const ids = await images.create(tools, await ranked(tools, records))
    await giveThumbnails(tools, first)
    return ids
  },
  async update(tools, changes) {
    checkAddresses(changes, "url")
    await images.update(tools, changes)
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

/** Of products that have never had an image. */
async function firstOfTheirs({ sql }: KindTools, records: Patch[]): Promise<string[]> {
  const products = [...new Set(records.map(({ product_id: id }) => String(id)))]
  const bare = await query<{ id: string }>(
    sql,
    `select id from product p where id = any(?) and coalesce(thumbnail, '') = ''
     and not exists (select 1 from image i where i.product_id = p.id)`,
    [products],
  )
  return bare.map(({ id }) => id)
}

/** A product that Medusa itself makes with images shows the first one (createProducts of 2.21). */
async function giveThumbnails({ sql, calls, modules }: KindTools, products: string[]): Promise<void> {
  if (products.length === 0) return
  const first = await query<{ id: string; thumbnail: string }>(
    sql,
    `select distinct on (product_id) product_id as id, url as thumbnail from image
     where product_id = any(?) and deleted_at is null order by product_id, rank, id`,
    [products],
  )
  if (first.length > 0) await calls.run(modules.product, (product, context) => product.upsertProducts(first, context))
}
