import { mayReceive, type EntityDefinition } from "medusa-directus-core/host"
import { FIRST_FOR } from "../first-for"
import { findUntouched } from "../product/default-option"
import type { KindTools, Patch } from "../record-kind"
import { query } from "../../database/sql"

/**
 * Of variants that are made in Directus, those that come with the prices that they were given there: the first ones of a
 * product that was made there, too. One that is added to a product which has variants already would be on sale at once, at
 * whatever its author typed. It comes without a price, the history says so, and what was typed is in the inbox.
 *
 * Where the mapping lets Directus edit prices, they come with each.
 */
export async function withGivenPrices(
  tools: KindTools,
  { fields }: Pick<EntityDefinition, "fields">,
  records: Patch[],
): Promise<Patch[]> {
  const prices = [...fields.values()].find(({ medusa }) => medusa === "prices")
  const priced = records.filter(({ prices: given }) => given !== undefined && given !== null)
  if (!prices || mayReceive(prices, "medusa") || priced.length === 0) return records
  const products = [...new Set(priced.map(({ product_id: id }) => String(id)))]
  const defaults = (await findUntouched(tools, products)).map(({ variantId }) => variantId)
  const rows = await query<{ id: string }>(
    tools.sql,
    `select l.local_id as id from directus_sync_link l
     where l.entity = 'product' and l.local_id = any(?) and l.alive_rev = 0 and not exists (
       select 1 from product_variant v where v.product_id = l.local_id and v.deleted_at is null
         and v.id <> all(?) and v.created_at < ?::timestamptz - ?::interval)`,
    // By Medusa's own clock, as `created_at` is: the database's may be another.
    [products, defaults, new Date(), FIRST_FOR],
  )
  const fresh = new Set(rows.map(({ id }) => id))
  return records.map((record) => {
    if (fresh.has(String(record.product_id))) return record
    const { prices: _, ...rest } = record
    return rest
  })
}
