import Medusa from "@medusajs/js-sdk"
import type { HttpTypes } from "@medusajs/types"
import { cache } from "react"
import { localeOf, type Language } from "./words"

/** A file of Directus. */
export interface Picture {
  url: string
  width: number | null
  height: number | null
}

/** What the editors of this shop write in Directus: the fields that were added to its collection `products`. */
export interface ProductContent {
  story: string | null
  seo_title: string | null
  seo_description: string | null
  cover: Picture | null
  /** What the cover shows, in the page's language. */
  cover_alt: string | null
}

/** A product of Medusa with what Directus has to say about it; `null` while that is a draft, or nothing is known of it. */
export type Product = HttpTypes.StoreProduct & { directus_product?: Partial<ProductContent> | null }

const medusa = new Medusa({
  baseUrl: process.env.MEDUSA_URL ?? "http://localhost:9000",
  publishableKey: process.env.MEDUSA_PUBLISHABLE_KEY,
})

const fields =
  "id,title,handle,description,thumbnail,*images,*variants,*variants.calculated_price,+variants.inventory_quantity,*directus_product"

const headersOf = (language: Language): Record<string, string> => {
  const locale = localeOf[language]
  return locale === null ? {} : { "x-medusa-locale": locale }
}

/** Prices are those of the shop's first region. */
const regionId = async (): Promise<string | undefined> =>
  (await medusa.store.region.list({ limit: 1, fields: "id" })).regions[0]?.id

/** All of them are asked for at once: Medusa puts one question to Directus for the page. */
export async function listProducts(language: Language): Promise<Product[]> {
  const query = { fields, limit: 50, order: "created_at", region_id: await regionId() }
  const { products } = await medusa.store.product.list(query, headersOf(language))
  return products as Product[]
}

/** Once for a page, which needs it for its head, too. */
export const findProduct = cache(async (language: Language, handle: string): Promise<Product | null> => {
  const query = { fields, limit: 1, handle, region_id: await regionId() }
  const { products } = await medusa.store.product.list(query, headersOf(language))
  return (products[0] as Product | undefined) ?? null
})
