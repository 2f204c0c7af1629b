import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"

/**
 * A product without an option is refused by Medusa's API, and one without a variant cannot be sold: the dashboard makes
 * these two for whoever fills in a title only (product-create/constants.ts of 2.21).
 */
export const OPTION = { title: "Default option", values: ["Default option value"] }
export const VARIANT = {
  title: "Default variant",
  options: { "Default option": "Default option value" },
  manage_inventory: false,
  allow_backorder: false,
}

/** On the option, and only on one that the sync has made so. */
const SIGN = { directus_sync: "default" }

export async function signDefaultOptions({ sql }: Pick<KindTools, "sql">, productIds: string[]): Promise<void> {
  await query(
    sql,
    `update product_option o set metadata = ?::jsonb from product_product_option l
     where l.product_option_id = o.id and l.product_id = any(?)`,
    [JSON.stringify(SIGN), productIds],
  )
}

/** The default variant and option of a product, as the sync made them. */
export interface Untouched {
  productId: string
  variantId: string
  optionId: string
  /** What the variant has of the option. */
  options: Record<string, string>
}

/** Which of these products have nothing but the defaults that the sync has given them, without a price or a SKU. */
export async function findUntouched({ sql }: Pick<KindTools, "sql">, productIds: string[]): Promise<Untouched[]> {
  const found = await query<Omit<Untouched, "options">>(
    sql,
    `select v.product_id as "productId", v.id as "variantId", o.id as "optionId"
     from product_variant v
     join product_product_option l on l.product_id = v.product_id and l.deleted_at is null
     join product_option o on o.id = l.product_option_id and o.deleted_at is null
     where v.product_id = any(?) and v.deleted_at is null and v.title = ? and o.title = ? and o.metadata @> ?::jsonb
       and num_nonnulls(v.sku, v.barcode, v.ean, v.upc, v.thumbnail, v.metadata) = 0 and not v.manage_inventory
       and not exists (select 1 from product_variant other where other.product_id = v.product_id and other.id <> v.id and other.deleted_at is null)
       and not exists (select 1 from product_product_option other where other.product_id = v.product_id and other.id <> l.id and other.deleted_at is null)
       and not exists (select 1 from product_option_value other where other.option_id = o.id and other.value <> ? and other.deleted_at is null)
       and not exists (select 1 from product_variant_price_set s join price p on p.price_set_id = s.price_set_id
                       where s.variant_id = v.id and s.deleted_at is null and p.deleted_at is null)`,
    [productIds, VARIANT.title, OPTION.title, JSON.stringify(SIGN), OPTION.values[0]],
  )
  return found.map((defaults) => ({ ...defaults, options: VARIANT.options }))
}
