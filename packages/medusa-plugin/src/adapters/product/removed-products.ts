import type { KindTools } from "../record-kind"
import { query } from "../sql"

/** `p` holds the ids of the products and, for a restore, the time of their deletion. */
const PRODUCTS = "with p as (select unnest(?::text[]) as id, ?::timestamptz as at)"
const IN_USE = "deleted_at is null"
/** Medusa's workflow deletes in several steps, each with a time of its own. */
const DELETED_TOGETHER = `deleted_at between (select min(at) - interval '1 minute' from p) and (select max(at) + interval '1 minute' from p)`

const OF_PRODUCTS = "product_id in (select id from p)"
const VARIANTS = `select id from product_variant where ${OF_PRODUCTS}`

interface Dependents {
  table: string
  where: string
}

/**
 * What deleteProductsWorkflow deletes beside the product, its variants and its images (seen on 2.21.2), children first.
 *
 * @param state - which rows count: those in use, or those that were deleted with the product.
 */
function dependents(state: string): Dependents[] {
  const options = `select product_option_id from product_product_option where ${OF_PRODUCTS} and ${state}`
  const exclusive = `select id from product_option where is_exclusive and id in (${options})`
  const priceSets = `select price_set_id from product_variant_price_set where variant_id in (${VARIANTS}) and ${state}`
  const prices = `select id from price where price_set_id in (${priceSets}) and ${state}`
  // Not those that a variant of another product shares.
  const items = `select inventory_item_id from product_variant_inventory_item l where variant_id in (${VARIANTS}) and ${state} and not exists (
    select 1 from product_variant_inventory_item o where o.inventory_item_id = l.inventory_item_id and o.deleted_at is null and o.variant_id not in (${VARIANTS}))`
  return [
    {
      table: "product_product_option_value",
      where: `product_product_option_id in (select id from product_product_option where ${OF_PRODUCTS} and product_option_id in (${exclusive}))`,
    },
    { table: "product_option_value", where: `option_id in (${exclusive})` },
    { table: "product_option", where: `id in (${exclusive})` },
    {
      table: "product_product_option",
      where: `${OF_PRODUCTS} and product_option_id in (select id from product_option where is_exclusive)`,
    },
    { table: "price_rule", where: `price_id in (${prices})` },
    { table: "price", where: `price_set_id in (${priceSets})` },
    { table: "price_set", where: `id in (${priceSets})` },
    { table: "inventory_level", where: `inventory_item_id in (${items})` },
    { table: "inventory_item", where: `id in (${items})` },
    { table: "product_variant_inventory_item", where: `variant_id in (${VARIANTS})` },
    { table: "product_variant_price_set", where: `variant_id in (${VARIANTS})` },
    { table: "product_sales_channel", where: OF_PRODUCTS },
    { table: "product_shipping_profile", where: OF_PRODUCTS },
  ].map(({ table, where }) => ({ table, where: `${where} and ${state}` }))
}

/** Deletes products as Medusa does: softly, with all that belongs to them. Its own link cascade cannot join a transaction. */
export async function removeProducts({ sql, calls, modules }: KindTools, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await calls.run(modules.product, (product, context) => product.softDeleteProducts(ids, {}, context))
  for (const { table, where } of dependents(IN_USE)) {
    await query(sql, `${PRODUCTS} update ${table} set deleted_at = now() where ${where}`, [ids, null])
  }
}

/**
 * A variant that was deleted before its product gets the product's time by Medusa's cascade; its price set still tells.
 * restoreProducts would bring it back, and every link that somebody dismissed long ago.
 */
const OWN_VARIANTS = `(not exists (select 1 from product_variant_price_set l where l.variant_id = product_variant.id)
  or exists (select 1 from product_variant_price_set l where l.variant_id = product_variant.id and (l.deleted_at is null or l.${DELETED_TOGETHER})))`

/** Undoes a deletion, by Medusa or by us. Returns the rows that are there again; the others were never here or purged. */
export async function restoreProducts(
  { sql }: Pick<KindTools, "sql">,
  ids: string[],
): Promise<Map<string, Record<string, unknown>>> {
  if (ids.length === 0) return new Map()
  const rows = await query<Record<string, unknown> & { id: string; deleted_at: Date | null }>(
    sql,
    "select * from product where id = any(?)",
    [ids],
  )
  for (const { id, deleted_at: at } of rows) {
    if (at === null) continue
    const restore = (table: string, where: string): Promise<unknown> =>
      query(sql, `${PRODUCTS} update ${table} set deleted_at = null, updated_at = now() where ${where}`, [[id], at])
    await restore("product_variant", `${OF_PRODUCTS} and ${DELETED_TOGETHER} and ${OWN_VARIANTS}`)
    await restore("image", `${OF_PRODUCTS} and ${DELETED_TOGETHER}`)
    // Children first: each row is found by those above it while they still carry the time.
    for (const { table, where } of dependents(DELETED_TOGETHER)) await restore(table, where)
    await restore("product", "id in (select id from p)")
  }
  return new Map(rows.map((row) => [row.id, row]))
}
