import type { ExecArgs, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules, ProductStatus } from "@medusajs/framework/utils"
import {
  createInventoryLevelsWorkflow,
  createProductCategoriesWorkflow,
  createProductsWorkflow,
} from "@medusajs/medusa/core-flows"
import { categoryNames, demoProducts, variantsOf } from "./demo-catalogue"
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
  const { result: categories } = await createProductCategoriesWorkflow(container).run({
    input: { product_categories: categoryNames.map((name) => ({ name, is_active: true })) },
  })
  await createProductsWorkflow(container).run({
    input: {
      products: demoProducts.map((product) => ({
        title: product.title,
        handle: product.handle,
        description: product.description,
        weight: 400,
        status: ProductStatus.PUBLISHED,
        category_ids: categories.filter(({ name }) => name === product.category).map(({ id }) => id),
        shipping_profile_id: market.shippingProfileId,
        images: product.images.map((url) => ({ url })),
        options: product.options,
        variants: variantsOf(product).map((variant) => ({ ...variant, prices })),
        sales_channels: [{ id: market.salesChannelId }],
      })),
    },
  })
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
