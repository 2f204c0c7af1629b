import { belongings, type Belongings, type State } from "../belongings"
import type { RecordRow } from "../record-kind"

/**
 * Each option with the values that this product uses. Medusa ranks neither the options of a product nor, unless somebody
 * sorts them, their values: then they come in the order of their making (`PLACED`).
 */
const options = (of: Belongings): string => `
  select jsonb_agg(jsonb_build_object('title', o.title, 'values', (
    select coalesce(jsonb_agg(v.value order by v.rank nulls last, v.created_at, place.place, v.id), '[]')
    from ${of("product_product_option_value", "product_product_option_id = l.id")} u
    cross join lateral ${of("product_option_value", "id = u.product_option_value_id")} v
    left join directus_sync_place place on place.id = v.id
  )) order by l.created_at, place.place, l.id)
  from ${of("product_product_option", "product_id = r.id")} l
  cross join lateral ${of("product_option", "id = l.product_option_id")} o
  left join directus_sync_place place on place.id = l.id`

export function selectProducts(state: State): string {
  const of = belongings(state)
  return `
  select r.*,
    (select t.value from ${of("product_type", "id = r.type_id")} t) as type,
    array(select t.value from product_tags l cross join lateral ${of("product_tag", "id = l.product_tag_id")} t
          where l.product_id = r.id order by 1) as tags,
    array(select c.id from product_category_product l cross join lateral ${of("product_category", "id = l.product_category_id")} c
          where l.product_id = r.id order by 1) as categories,
    (${options(of)}) as options,
    array(select l.sales_channel_id::text from ${of("product_sales_channel", "product_id = r.id")} l order by 1) as sales_channels,
    exists ${of("product_collection", "id = r.collection_id")} as in_collection
  from product r`
}

/** The column keeps the id of a collection that was deleted, while Medusa shows the product without one. */
export function shapeProduct({ in_collection: inCollection, ...row }: RecordRow): RecordRow {
  return inCollection === true ? row : { ...row, collection_id: null }
}
