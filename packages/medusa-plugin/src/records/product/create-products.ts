import type { CreateProductDTO } from "@medusajs/framework/types"
import { ProductVariantWorkflowEvents, toHandle } from "@medusajs/framework/utils"
import { textOf, withHandles } from "../handles"
import type { KindTools, Patch } from "../record-kind"
import { addPriceSets } from "../variant/price-sets"
import { addOptions } from "./add-options"
import { addToShop } from "./add-to-shop"
import { checkHandles } from "./check-handles"
import { OPTION, signDefaultOptions, VARIANT } from "./default-option"
import { withIds } from "./labels"
import { parseOptions } from "./product-options"

/**
 * Creates products with all that Medusa's own dashboard gives a new one, in one transaction: createProductsWorkflow
 * commits in several. One that comes with options gets no variant: its own follow as records.
 */
export async function createProducts(tools: KindTools, patches: Patch[]): Promise<string[]> {
  const options = patches.map((patch) => parseOptions(patch.options))
  const titled = patches.map(({ options: _, ...patch }) => ({
    ...patch,
    title: textOf(patch.title) || textOf(patch.handle) || "Untitled",
  }))
  const named = await withHandles(tools.sql, "product", titled, ({ title }) => toHandle(title))
  checkHandles(named)
  const records = (await withIds(tools, named)).map((record, i) =>
    options[i]?.length === 0
      ? { ...record, options: [structuredClone(OPTION)], variants: [structuredClone(VARIANT)] }
      : record,
  )
  const created = await tools.calls.run(tools.modules.product, (product, context) =>
    product.createProducts(records as CreateProductDTO[], context),
  )
  const ids = patches.map(({ id }) => String(id))
  const wanted = ids.map((productId, i) => ({ productId, options: options[i] ?? [] }))
  await addOptions(
    tools,
    wanted.filter((product) => product.options.length > 0),
  )
  await finishDefaults(
    tools,
    created.filter(({ variants }) => variants.length > 0),
  )
  await addToShop(tools, ids)
  return ids
}

async function finishDefaults(tools: KindTools, products: { id: string; variants: { id: string }[] }[]): Promise<void> {
  if (products.length === 0) return
  await signDefaultOptions(
    tools,
    products.map(({ id }) => id),
  )
  const variantIds = products.flatMap(({ variants }) => variants.map(({ id }) => id))
  await addPriceSets(
    tools,
    variantIds.map((id) => ({ id, prices: [] })),
  )
  tools.calls.announce(ProductVariantWorkflowEvents.CREATED, variantIds)
}
