import type { KindTools } from "../record-kind"
import { checkReservations, DELETED_TOGETHER, IN_USE, removeBelongings, restoreTogether } from "../removed-together"
import { variantBelongings, type Belongings } from "../variant/variant-belongings"

const OF_PRODUCTS = "product_id in (select id from p)"
const VARIANTS = `select id from product_variant where ${OF_PRODUCTS}`

/** What deleteProductsWorkflow deletes beside the product, its variants and its images (seen on 2.21.2). */
function belongings(state: string): Belongings[] {
  const options = `select product_option_id from product_product_option where ${OF_PRODUCTS} and ${state}`
  const exclusive = `select id from product_option where is_exclusive and id in (${options})`
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
    ...variantBelongings(VARIANTS, state),
    { table: "product_sales_channel", where: OF_PRODUCTS },
    { table: "product_shipping_profile", where: OF_PRODUCTS },
  ]
}

/** Deletes products as Medusa does: softly, with all that belongs to them. Its own link cascade cannot join a transaction. */
export async function removeProducts(tools: KindTools, ids: string[]): Promise<void> {
  await checkReservations(tools, ids, VARIANTS)
  await tools.calls.run(tools.modules.product, (product, context) => product.softDeleteProducts(ids, {}, context))
  await removeBelongings(tools, ids, belongings(IN_USE))
}

/**
 * A variant that was deleted before its product gets the product's time by Medusa's cascade; its price set still tells.
 * restoreProducts would bring it back, and every link that somebody dismissed long ago.
 */
const OWN_VARIANTS = `(not exists (select 1 from product_variant_price_set l where l.variant_id = product_variant.id)
  or exists (select 1 from product_variant_price_set l where l.variant_id = product_variant.id and (l.deleted_at is null or l.${DELETED_TOGETHER})))`

export const restoreProducts = (tools: KindTools, ids: string[]): Promise<void> =>
  restoreTogether(tools, "product", ids, [
    { table: "product_variant", where: `${OF_PRODUCTS} and ${OWN_VARIANTS}` },
    { table: "image", where: OF_PRODUCTS },
    // Children first: each row is found by those above it while they still carry the time.
    ...belongings(DELETED_TOGETHER),
  ])
