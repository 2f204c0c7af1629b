import type { ExecArgs, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules, ProductStatus } from "@medusajs/framework/utils"
import {
  createCollectionsWorkflow,
  createInventoryLevelsWorkflow,
  createProductCategoriesWorkflow,
  createProductsWorkflow,
  createProductTagsWorkflow,
} from "@medusajs/medusa/core-flows"
import { categoryTree, collectionTitle, demoProducts, variantsOf } from "./demo-catalogue"
import { createDemoMarket, type Market } from "./demo-market"

const prices = [
  { amount: 10, currency_code: "eur" },
  { amount: 15, currency_code: "usd" },
]
const stockedQuantity = 1_000_000

/** Medusa's demo store: one market and four products. A second run changes nothing. */
export default async function seed({ container }: ExecArgs): Promise<void> {
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const [known] = await container.resolve(Modules.PRODUCT).listProducts({ handle: demoProducts.map((p) => p.handle) })
  if (known) {
    logger.info(`The demo catalogue is there already (product "${known.handle}").`)
    return
  }
  const market = await createDemoMarket(container)
  await createDemoProducts(container, market)
  await stockEverything(container, market)
  logger.info(`Seeded ${demoProducts.length} products.`)
}

async function createDemoProducts(container: MedusaContainer, market: Market): Promise<void> {
  const categoryIds = await createCategories(container)
  const tagIds = await createTags(container)
  const { result: collections } = await createCollectionsWorkflow(container).run({
    input: { collections: [{ title: collectionTitle }] },
  })
  await createProductsWorkflow(container).run({
    input: {
      products: demoProducts.map((product) => ({
        title: product.title,
        handle: product.handle,
        description: product.description,
        weight: 400,
        status: ProductStatus.PUBLISHED,
        collection_id: collections[0].id,
        category_ids: [categoryIds.get(product.category)!],
        tag_ids: product.tags.map((tag) => tagIds.get(tag)!),
        shipping_profile_id: market.shippingProfileId,
        thumbnail: product.images[0],
        images: product.images.map((url) => ({ url })),
        options: product.options,
        variants: variantsOf(product).map((variant) => ({ ...variant, prices })),
        sales_channels: [{ id: market.salesChannelId }],
      })),
    },
  })
}

/** @returns name → id */
async function createCategories(container: MedusaContainer): Promise<Map<string, string>> {
  const create = async (names: readonly string[], parentId?: string) => {
    if (names.length === 0) return []
    const { result } = await createProductCategoriesWorkflow(container).run({
      input: {
        product_categories: names.map((name) => ({ name, is_active: true, parent_category_id: parentId ?? null })),
      },
    })
    return result
  }
  const roots = await create(Object.keys(categoryTree))
  const all = [...roots]
  for (const { id, name } of roots) all.push(...(await create(categoryTree[name as keyof typeof categoryTree], id)))
  return new Map(all.map(({ id, name }) => [name, id]))
}

/** @returns value → id */
async function createTags(container: MedusaContainer): Promise<Map<string, string>> {
  const values = [...new Set(demoProducts.flatMap(({ tags }) => tags))]
  const { result } = await createProductTagsWorkflow(container).run({
    input: { product_tags: values.map((value) => ({ value })) },
  })
  return new Map(result.map(({ id, value }) => [value, id]))
}

async function stockEverything(container: MedusaContainer, market: Market): Promise<void> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data: items } = await query.graph({ entity: "inventory_item", fields: ["id"] })
  await createInventoryLevelsWorkflow(container).run({
    input: {
      inventory_levels: items.map(({ id }) => ({
        inventory_item_id: id,
        location_id: market.stockLocationId,
        stocked_quantity: stockedQuantity,
      })),
    },
  })
}
