import { belongings, type Belongings, type State } from "../belongings"

/** Base prices alone: a price of a list, of a region or for a quantity is none of them. */
export const BASE_PRICE = `p.price_list_id is null and coalesce(p.rules_count, 0) = 0 and p.min_quantity is null and p.max_quantity is null`

/**
 * A price to its last digit: `amount` is a double, and `raw_amount` has what was given. Who sets the one by SQL alone is
 * believed. Without a question mark, which knex takes for a binding.
 */
export const AMOUNT = `trim_scale(case when p.raw_amount ->> 'value' !~ '^\\d+(\\.\\d+|)(e[+-]{0,1}\\d+|)$' then p.amount
  when (p.raw_amount ->> 'value')::float8 = p.amount::float8 then (p.raw_amount ->> 'value')::numeric
  else p.amount end)::text`

const prices = (of: Belongings): string => `
  select jsonb_agg(jsonb_build_object('currency_code', p.currency_code, 'amount', ${AMOUNT}) order by p.currency_code, p.amount, p.id)
  from ${of("product_variant_price_set", "variant_id = r.id")} l
  cross join lateral ${of("price", "price_set_id = l.price_set_id")} p where ${BASE_PRICE}`

/** How often a variant could be sold now, as getVariantAvailability counts it (2.21), over all places. */
const stock = (of: Belongings): string => `
  select min(floor(coalesce(s.available, 0) / nullif(l.required_quantity, 0)))
  from ${of("product_variant_inventory_item", "variant_id = r.id")} l
  cross join lateral (
    select sum(i.stocked_quantity - i.reserved_quantity) as available
    from ${of("inventory_level", "inventory_item_id = l.inventory_item_id")} i
  ) s`

export function selectVariants(state: State): string {
  const of = belongings(state)
  return `
  select r.*,
    (select jsonb_object_agg(o.title, v.value order by o.id) from product_variant_option l
     cross join lateral ${of("product_option_value", "id = l.option_value_id")} v
     cross join lateral ${of("product_option", "id = v.option_id")} o where l.variant_id = r.id) as options,
    array(select i.url from ${of("product_variant_product_image", "variant_id = r.id")} l
          cross join lateral ${of("image", "id = l.image_id")} i order by i.rank, i.id) as images,
    (${prices(of)}) as prices,
    case when r.manage_inventory then (${stock(of)}) end as stock
  from product_variant r`
}
