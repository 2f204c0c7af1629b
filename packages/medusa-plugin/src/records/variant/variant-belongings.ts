/** Rows of a table, children before what they hang on. */
export interface Belongings {
  table: string
  where: string
}

/**
 * What Medusa's workflows delete beside a variant (seen on 2.21.2).
 *
 * @param variants - a query for the ids of the variants.
 * @param state - which rows count: those in use, or those that were deleted together.
 */
export function variantBelongings(variants: string, state: string): Belongings[] {
  const priceSets = `select price_set_id from product_variant_price_set where variant_id in (${variants}) and ${state}`
  const prices = `select id from price where price_set_id in (${priceSets}) and ${state}`
  const items = itemsOf(variants, state)
  return [
    { table: "price_rule", where: `price_id in (${prices})` },
    { table: "price", where: `price_set_id in (${priceSets})` },
    { table: "price_set", where: `id in (${priceSets})` },
    { table: "inventory_level", where: `inventory_item_id in (${items})` },
    { table: "inventory_item", where: `id in (${items})` },
    { table: "product_variant_inventory_item", where: `variant_id in (${variants})` },
    { table: "product_variant_price_set", where: `variant_id in (${variants})` },
  ]
}

/** The inventory items of these variants, without those that another variant shares. */
export const itemsOf = (variants: string, state: string): string =>
  `select inventory_item_id from product_variant_inventory_item l where variant_id in (${variants}) and ${state} and not exists (
    select 1 from product_variant_inventory_item o where o.inventory_item_id = l.inventory_item_id and o.deleted_at is null and o.variant_id not in (${variants}))`
