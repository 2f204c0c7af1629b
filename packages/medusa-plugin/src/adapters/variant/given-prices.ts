import { mayReceive, type EntityDefinition } from "medusa-directus-core"
import type { KindTools, Patch } from "../record-kind"
import { query } from "../sql"

/** A product that was made in Directus stays new for this long: with many variants it takes several messages. */
const NEW_FOR = "10 minutes"

/**
 * Of variants that are made in Directus, those that come with the prices that they were given there: such as belong to a
 * product that was just made there, too. One that is added to a product which Medusa has already would be on sale at once,
 * at whatever its author typed. It comes without a price, the history says so, and what was typed is in the inbox.
 *
 * Where the mapping lets Directus edit prices, they come with each.
 */
export async function withGivenPrices(
  { sql }: KindTools,
  { fields }: Pick<EntityDefinition, "fields">,
  records: Patch[],
): Promise<Patch[]> {
  const prices = [...fields.values()].find(({ medusa }) => medusa === "prices")
  const priced = records.filter(({ prices: given }) => given !== undefined && given !== null)
  if (!prices || mayReceive(prices, "medusa") || priced.length === 0) return records
  const rows = await query<{ id: string }>(
    sql,
    `select p.id from product p join directus_sync_link l on l.entity = 'product' and l.local_id = p.id
     where p.id = any(?) and l.alive_rev = 0 and p.created_at > clock_timestamp() - ?::interval`,
    [priced.map(({ product_id: id }) => String(id)), NEW_FOR],
  )
  const fresh = new Set(rows.map(({ id }) => id))
  return records.map((record) => {
    if (fresh.has(String(record.product_id))) return record
    const { prices: _, ...rest } = record
    return rest
  })
}
