import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  createApiKeysWorkflow,
  createRegionsWorkflow,
  createSalesChannelsWorkflow,
  createShippingOptionsWorkflow,
  createShippingProfilesWorkflow,
  createStockLocationsWorkflow,
  createTaxRegionsWorkflow,
  linkSalesChannelsToApiKeyWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateStoresWorkflow,
} from "@medusajs/medusa/core-flows"

const countries = ["gb", "de", "dk", "se", "fr", "es", "it"]
const shippingPrice = 10

export type Market = { salesChannelId: string; stockLocationId: string; shippingProfileId: string }

/** A store that sells in Europe, in EUR and USD, from one warehouse. */
export async function createDemoMarket(container: MedusaContainer): Promise<Market> {
  const link = container.resolve(ContainerRegistrationKeys.LINK)
  const salesChannelId = await salesChannel(container)

  const [store] = await container.resolve(Modules.STORE).listStores()
  await updateStoresWorkflow(container).run({
    input: {
      selector: { id: store.id },
      update: {
        supported_currencies: [{ currency_code: "eur", is_default: true }, { currency_code: "usd" }],
        default_sales_channel_id: salesChannelId,
        supported_locales: [{ locale_code: "de-DE" }],
      },
    },
  })

  const { result: regions } = await createRegionsWorkflow(container).run({
    input: {
      regions: [{ name: "Europe", currency_code: "eur", countries, payment_providers: ["pp_system_default"] }],
    },
  })
  await createTaxRegionsWorkflow(container).run({
    input: countries.map((country_code) => ({ country_code, provider_id: "tp_system" })),
  })

  const { result: locations } = await createStockLocationsWorkflow(container).run({
    input: {
      locations: [{ name: "European Warehouse", address: { city: "Copenhagen", country_code: "DK", address_1: "" } }],
    },
  })
  const stockLocationId = locations[0].id
  await updateStoresWorkflow(container).run({
    input: { selector: { id: store.id }, update: { default_location_id: stockLocationId } },
  })
  await linkSalesChannelsToStockLocationWorkflow(container).run({
    input: { id: stockLocationId, add: [salesChannelId] },
  })

  const shippingProfileId = await shippingProfile(container)
  const fulfillmentSet = await container.resolve(Modules.FULFILLMENT).createFulfillmentSets({
    name: "European Warehouse delivery",
    type: "shipping",
    service_zones: [
      { name: "Europe", geo_zones: countries.map((country_code) => ({ country_code, type: "country" as const })) },
    ],
  })
  await link.create([
    {
      [Modules.STOCK_LOCATION]: { stock_location_id: stockLocationId },
      [Modules.FULFILLMENT]: { fulfillment_provider_id: "manual_manual" },
    },
    {
      [Modules.STOCK_LOCATION]: { stock_location_id: stockLocationId },
      [Modules.FULFILLMENT]: { fulfillment_set_id: fulfillmentSet.id },
    },
  ])
  await createShippingOptionsWorkflow(container).run({
    input: [
      { name: "Standard Shipping", type: { label: "Standard", description: "Ship in 2-3 days.", code: "standard" } },
      { name: "Express Shipping", type: { label: "Express", description: "Ship in 24 hours.", code: "express" } },
    ].map((option) => ({
      ...option,
      price_type: "flat" as const,
      provider_id: "manual_manual",
      service_zone_id: fulfillmentSet.service_zones[0].id,
      shipping_profile_id: shippingProfileId,
      prices: [
        { currency_code: "usd", amount: shippingPrice },
        { currency_code: "eur", amount: shippingPrice },
        { region_id: regions[0].id, amount: shippingPrice },
      ],
      rules: [
        { attribute: "enabled_in_store", value: "true", operator: "eq" as const },
        { attribute: "is_return", value: "false", operator: "eq" as const },
      ],
    })),
  })

  const { result: keys } = await createApiKeysWorkflow(container).run({
    input: { api_keys: [{ title: "Webshop", type: "publishable", created_by: "" }] },
  })
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id: keys[0].id, add: [salesChannelId] } })

  return { salesChannelId, stockLocationId, shippingProfileId }
}

async function salesChannel(container: MedusaContainer): Promise<string> {
  const name = "Default Sales Channel"
  const [existing] = await container.resolve(Modules.SALES_CHANNEL).listSalesChannels({ name })
  if (existing) return existing.id
  const { result } = await createSalesChannelsWorkflow(container).run({ input: { salesChannelsData: [{ name }] } })
  return result[0].id
}

async function shippingProfile(container: MedusaContainer): Promise<string> {
  const [existing] = await container.resolve(Modules.FULFILLMENT).listShippingProfiles({ type: "default" })
  if (existing) return existing.id
  const { result } = await createShippingProfilesWorkflow(container).run({
    input: { data: [{ name: "Default Shipping Profile", type: "default" }] },
  })
  return result[0].id
}
