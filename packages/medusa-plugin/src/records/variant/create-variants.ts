import type { CreateProductVariantDTO } from "@medusajs/framework/types"
import type { Change, KindTools, Patch } from "../record-kind"
import { query } from "../../database/sql"
import { assignImages } from "./assign-images"
import { chosenOf } from "./chosen"
import { fitOptions } from "./fit-options"
import { addInventoryItems } from "./inventory-items"
import { addPriceSets } from "./price-sets"
import { parsePrices } from "./prices"
import { replaceDefault } from "./replace-default"
import { withTitles } from "./titles"

/**
 * Creates variants with all that createProductVariantsWorkflow gives them, in one transaction. Stock is counted when
 * somebody says so: a variant without it can be sold at once.
 */
export async function createVariants(tools: KindTools, records: Patch[]): Promise<string[]> {
  // The options and the default variant are the product's: one of us at a time.
  const products = records.map(({ product_id: id }) => String(id))
  await query(tools.sql, "select id from product where id = any(?) order by id for update", [products])
  const given = (await replaceDefault(tools, records)).map((record): Change => {
    const { stock: _, ...rest } = record
    return { manage_inventory: false, ...rest, id: String(record.id) }
  })
  const fitted = await fitOptions(
    tools,
    given.map(({ id, product_id: productId, options }) => ({
      id,
      productId: String(productId),
      options: chosenOf(options),
    })),
  )
  const variants = await withTitles(tools, given)
  const data = variants.map(({ options: _options, prices: _prices, images: _images, ...variant }) => {
    const options = fitted.get(variant.id)
    return options ? { ...variant, options } : variant
  })
  await tools.calls.run(tools.modules.product, (product, context) =>
    product.createProductVariants(data as unknown as CreateProductVariantDTO[], context),
  )
  await addPriceSets(
    tools,
    variants.map(({ id, prices }) => ({ id, prices: parsePrices(prices) })),
  )
  await addInventoryItems(tools, variants)
  await assignImages(tools, new Map(variants.map(({ id, images }) => [id, images])))
  return variants.map(({ id }) => id)
}
