import { Modules } from "@medusajs/framework/utils"
import { linkModules } from "../module-links"
import type { KindTools } from "../record-kind"

type Tools = Pick<KindTools, "calls" | "modules">

interface ChannelTools {
  calls: Pick<KindTools["calls"], "run">
  modules: Pick<KindTools["modules"], "store" | "salesChannel">
}

/** The shop's default sales channel and shipping profile, where there are such. */
export async function addToShop(tools: Tools, productIds: string[]): Promise<void> {
  const toEach = (id: string | null): [string, string][] =>
    id === null ? [] : productIds.map((product) => [product, id])
  const channel = toEach(await defaultSalesChannel(tools))
  await linkModules(tools, [Modules.PRODUCT, "product_id", Modules.SALES_CHANNEL, "sales_channel_id"], channel)
  const profile = toEach(await defaultShippingProfile(tools))
  await linkModules(tools, [Modules.PRODUCT, "product_id", Modules.FULFILLMENT, "shipping_profile_id"], profile)
}

/** The id of the one that the store names, or of the oldest that is not disabled. */
export async function defaultSalesChannel({ calls, modules }: ChannelTools): Promise<string | null> {
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
