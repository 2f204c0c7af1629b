import { Modules } from "@medusajs/framework/utils"
import type { KindTools } from "../record-kind"

type Tools = Pick<KindTools, "calls" | "modules">

/** Without a price set a variant cannot be given a price later: updateProductsWorkflow makes none (2.21). */
export async function addPriceSets(tools: Tools, variantIds: string[]): Promise<void> {
  const empty = variantIds.map(() => ({}))
  const priceSets = await tools.calls.run(tools.modules.pricing, (pricing, context) =>
    pricing.createPriceSets(empty, context),
  )
  const pairs = variantIds.map((id, i): [string, string] => [id, priceSets[i]?.id ?? ""])
  await link(tools, [Modules.PRODUCT, "variant_id", Modules.PRICING, "price_set_id"], pairs)
}

/** The shop's default sales channel and shipping profile, where there are such. */
export async function addToShop(tools: Tools, productIds: string[]): Promise<void> {
  const toEach = (id: string | null): [string, string][] =>
    id === null ? [] : productIds.map((product) => [product, id])
  const channel = toEach(await defaultSalesChannel(tools))
  await link(tools, [Modules.PRODUCT, "product_id", Modules.SALES_CHANNEL, "sales_channel_id"], channel)
  const profile = toEach(await defaultShippingProfile(tools))
  await link(tools, [Modules.PRODUCT, "product_id", Modules.FULFILLMENT, "shipping_profile_id"], profile)
}

async function defaultSalesChannel({ calls, modules }: Tools): Promise<string | null> {
  const [store] = await calls.run(modules.store, (stores, context) =>
    stores.listStores({}, { take: 1, select: ["id", "default_sales_channel_id"] }, context),
  )
  if (store?.default_sales_channel_id) return store.default_sales_channel_id
  const oldest = { take: 1, select: ["id"], order: { created_at: "ASC" } }
  const [channel] = await calls.run(modules.salesChannel, (channels, context) =>
    channels.listSalesChannels({ is_disabled: false }, oldest, context),
  )
  return channel?.id ?? null
}

async function defaultShippingProfile({ calls, modules }: Tools): Promise<string | null> {
  const oldest = { take: 1, select: ["id"], order: { created_at: "ASC" } }
  const [profile] = await calls.run(modules.fulfillment, (fulfillment, context) =>
    fulfillment.listShippingProfiles({ type: "default" }, oldest, context),
  )
  return profile?.id ?? null
}

type LinkName = [module: string, key: string, otherModule: string, otherKey: string]

/** Medusa's own `link.create` opens a transaction for each module; the modules of the links take ours. */
async function link({ calls, modules }: Tools, name: LinkName, pairs: [string, string][]): Promise<void> {
  const module = modules.link.getLinkModule(...name)
  if (!module || pairs.length === 0) return
  await calls.run(module, (links, context) => links.create(pairs, undefined, undefined, context))
}
