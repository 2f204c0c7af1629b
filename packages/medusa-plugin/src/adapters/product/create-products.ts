import type { CreateProductDTO } from "@medusajs/framework/types"
import { ProductVariantWorkflowEvents, ProductWorkflowEvents } from "@medusajs/framework/utils"
import type { KindTools } from "../record-kind"
import { checkHandles } from "./check-handles"
import { withDefaults } from "./new-product"
import { addPriceSets, addToShop } from "./product-links"

/**
 * Creates products with all that Medusa's own dashboard gives a new one, in one transaction: createProductsWorkflow
 * commits in several. Returns their ids in order.
 */
export async function createProducts(tools: KindTools, patches: Record<string, unknown>[]): Promise<string[]> {
  if (patches.length === 0) return []
  const { calls, modules } = tools
  const products = await withDefaults(tools, patches)
  await checkHandles(tools, products)
  const created = await calls.run(modules.product, (product, context) =>
    product.createProducts(products as CreateProductDTO[], context),
  )
  // The module answers in an order of its own.
  const byHandle = new Map(created.map((product) => [product.handle, product]))
  const inOrder = products.flatMap(({ handle }) => byHandle.get(handle) ?? [])
  if (inOrder.length !== products.length) throw new Error("Medusa changed the handle of a product that it created.")

  const ids = inOrder.map(({ id }) => id)
  const variantIds = inOrder.flatMap(({ variants }) => variants.map(({ id }) => id))
  await addPriceSets(tools, variantIds)
  await addToShop(tools, ids)
  calls.announce(ProductWorkflowEvents.CREATED, ids)
  calls.announce(ProductVariantWorkflowEvents.CREATED, variantIds)
  return ids
}
