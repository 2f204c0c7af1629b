/** A file as the store shows it: what a page needs of it, with its public address. */
export interface DirectusFile {
  id: string
  url: string
  title: string | null
  description: string | null
  type: string | null
  width: number | null
  height: number | null
}

/**
 * What Directus has of a product beside the sync. A shop adds its own fields:
 *
 * ```ts
 * declare module "medusa-plugin-directus/content-types" {
 *   interface DirectusProduct { story: string | null; cover: DirectusFile | null }
 * }
 * ```
 */
export interface DirectusProduct {
  product_id: string
}

/** See {@link DirectusProduct}. */
export interface DirectusCategory {
  category_id: string
}

/** See {@link DirectusProduct}. */
export interface DirectusCollection {
  collection_id: string
}

/** A product of Query or the store API with its content; none while that is a draft, or nothing is known of it. */
export type WithProductContent<Product> = Product & { directus_product?: DirectusProduct | null }

/** See {@link WithProductContent}. */
export type WithCategoryContent<Category> = Category & { directus_category?: DirectusCategory | null }

/** See {@link WithProductContent}. */
export type WithCollectionContent<Collection> = Collection & { directus_collection?: DirectusCollection | null }
