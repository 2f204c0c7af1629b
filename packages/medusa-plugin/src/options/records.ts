/** What a product of Medusa offers to a function of the options `compute` and `filter`. */
export interface ProductRecord extends Common {
  title: string
  handle: string
  subtitle: string | null
  description: string | null
  status: string
  thumbnail: string | null
  is_giftcard: boolean
  discountable: boolean
  external_id: string | null
  collection_id: string | null
  /** The type's and the tags' names. */
  type: string | null
  tags: string[]
  /** Ids of categories and sales channels. */
  categories: string[]
  sales_channels: string[]
  options: { title: string; values: string[] }[] | null
  weight: number | null
  length: number | null
  height: number | null
  width: number | null
  material: string | null
  hs_code: string | null
  mid_code: string | null
  origin_country: string | null
}

export interface VariantRecord extends Common {
  product_id: string
  title: string
  sku: string | null
  barcode: string | null
  ean: string | null
  upc: string | null
  manage_inventory: boolean
  allow_backorder: boolean
  variant_rank: number | null
  thumbnail: string | null
  /** By the title of the option. */
  options: Record<string, string> | null
  /** Base prices; the amount is a decimal as text. */
  prices: { currency_code: string; amount: string }[] | null
  /** A whole number as text; `null` when the stock is not counted. */
  stock: string | null
  /** The addresses of the images that are assigned to this variant. */
  images: string[]
  weight: number | null
  length: number | null
  height: number | null
  width: number | null
  material: string | null
  hs_code: string | null
  mid_code: string | null
  origin_country: string | null
}

export interface ImageRecord extends Common {
  product_id: string
  url: string
  rank: number
}

export interface CategoryRecord extends Common {
  name: string
  handle: string
  description: string
  mpath: string
  parent_category_id: string | null
  rank: number
  is_active: boolean
  is_internal: boolean
  external_id: string | null
}

export interface CollectionRecord extends Common {
  title: string
  handle: string
  external_id: string | null
}

/** A product type or a tag. */
export interface LabelRecord extends Common {
  value: string
  external_id: string | null
}

interface Common {
  id: string
  /** Texts in the languages of the mapping, for example `de-DE/title`; absent when it names none. */
  translations?: Record<string, string>
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
}

type Computations<Of> = Record<string, (record: Of) => unknown>

/** By kind and name: what `mapping.<kind>.computed` shows in Directus, made of the record. */
export interface ComputeOption {
  product?: Computations<ProductRecord>
  variant?: Computations<VariantRecord>
  image?: Computations<ImageRecord>
  category?: Computations<CategoryRecord>
  collection?: Computations<CollectionRecord>
  type?: Computations<LabelRecord>
  tag?: Computations<LabelRecord>
  /** A kind of the shop's own offers the columns of its table; say which in the type of the parameter. */
  [ownKind: string]: Computations<never> | undefined
}

type Filter<Of> = (record: Of) => boolean

/** By kind: `false` keeps the record out of Directus, as if it were not there. */
export interface FilterOption {
  product?: Filter<ProductRecord>
  variant?: Filter<VariantRecord>
  image?: Filter<ImageRecord>
  category?: Filter<CategoryRecord>
  collection?: Filter<CollectionRecord>
  type?: Filter<LabelRecord>
  tag?: Filter<LabelRecord>
  [ownKind: string]: Filter<never> | undefined
}
