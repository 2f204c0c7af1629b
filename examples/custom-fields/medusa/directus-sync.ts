import type { ComputeOption, FilterOption } from "medusa-plugin-directus/options"
import mapping from "./sync-mapping.json"

const storefront = process.env.STOREFRONT_URL || "https://shop.example.com"
/** The id of the sales channel whose products Directus gets; without one, all do. */
const salesChannel = process.env.SYNC_SALES_CHANNEL

/** Each name stands in the mapping too, under `computed`. Directus shows the value and does not let it be edited. */
const compute: ComputeOption = {
  product: {
    shop_url: (product) => `${storefront}/products/${product.handle}`,
  },
}

/** `false`: for Directus this record is not there, nor are its variants and images. */
const filter: FilterOption = {
  product: (product) => !product.is_giftcard && (!salesChannel || product.sales_channels.includes(salesChannel)),
}

export const directusSync = { mapping, compute, filter }
