import { ProductVariantWorkflowEvents } from "@medusajs/framework/utils"
import { findUntouched, VARIANT } from "../product/default-option"
import type { KindTools, Patch } from "../record-kind"
import { chosenOf } from "./chosen"
import { removeVariants } from "./removed-variants"

/**
 * A product that was made with a title alone has got a default variant; the first variants that somebody makes take its
 * place, as long as nobody has used it. The option goes with it, unless the new ones have none of their own.
 */
export async function replaceDefault(tools: KindTools, records: Patch[]): Promise<Patch[]> {
  const products = [...new Set(records.map(({ product_id: id }) => String(id)))]
  const untouched = await findUntouched(tools, products)
  if (untouched.length === 0) return records
  const variantIds = untouched.map(({ variantId }) => variantId)
  await removeVariants(tools, variantIds)
  tools.calls.announce(ProductVariantWorkflowEvents.DELETED, variantIds)

  const inherited = new Map<string, Record<string, string>>()
  for (const { productId, optionId, options } of untouched) {
    const own = records.filter((record) => record.product_id === productId)
    if (own.some((record) => Object.keys(chosenOf(record.options)).length > 0)) {
      const pair = { product_id: productId, product_option_id: optionId }
      await tools.calls.run(tools.modules.product, (product, context) =>
        product.removeProductOptionFromProduct([pair], context),
      )
    } else inherited.set(productId, options)
  }
  return records.map((record) => {
    const options = inherited.get(String(record.product_id))
    // The first one is what the product is sold as.
    inherited.delete(String(record.product_id))
    return options ? { title: VARIANT.title, ...record, options } : record
  })
}
