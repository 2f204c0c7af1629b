import type { ContentKind } from "../options/content-options"

/**
 * What the content of each kind is called in Medusa's Query, which of its fields holds the record's id, and the module
 * that has it. A module for each kind: Query puts the questions of one page to one module together, under the first
 * one's key (2.21).
 */
export const CONTENT_NAMES = {
  product: { alias: "directus_product", key: "product_id", module: "directus_product_content" },
  category: { alias: "directus_category", key: "category_id", module: "directus_category_content" },
  collection: { alias: "directus_collection", key: "collection_id", module: "directus_collection_content" },
} as const satisfies Record<ContentKind, { alias: string; key: string; module: string }>
