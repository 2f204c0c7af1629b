import type { ContentKind } from "./content-options"

/** What the content of each kind is called in Medusa's Query, and which of its fields holds the record's id. */
export const CONTENT_NAMES = {
  product: { alias: "directus_product", key: "product_id" },
  category: { alias: "directus_category", key: "category_id" },
  collection: { alias: "directus_collection", key: "collection_id" },
} as const satisfies Record<ContentKind, { alias: string; key: string }>
