import { FIRST_FOR } from "../first-for"
import type { KindTools, Patch } from "../record-kind"
import { query } from "../../database/sql"

/**
 * Gives products that were made in Directus, with their first images, the first of these as a thumbnail where they have none,
 * as Medusa does with one that is made with its images (2.21). Directus is told of it like of any change in Medusa.
 */
export async function addThumbnails(
  { sql, calls, modules }: KindTools,
  records: Patch[],
  ids: string[],
): Promise<void> {
  const productIds = [...new Set(records.map(({ product_id: id }) => String(id)))]
  if (productIds.length === 0) return
  const bare = await query<{ id: string; thumbnail: string }>(
    sql,
    `select p.id, first.url as thumbnail from product p
     join directus_sync_link l on l.entity = 'product' and l.local_id = p.id and l.alive_rev = 0
     cross join lateral (
       select i.url from image i where i.product_id = p.id and i.deleted_at is null order by i.rank, i.id limit 1
     ) first
     where p.id = any(?) and p.deleted_at is null and coalesce(p.thumbnail, '') = ''
       and p.created_at >= ?::timestamptz - ?::interval
       and not exists (select 1 from image i where i.product_id = p.id and i.id <> all(?))`,
    // By Medusa's own clock, as `created_at` is.
    [productIds, new Date(), FIRST_FOR, ids],
  )
  if (bare.length > 0) await calls.run(modules.product, (product, context) => product.upsertProducts(bare, context))
}
