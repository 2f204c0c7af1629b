import { tableOf } from "../records/own-kind"
import { makeKinds } from "../records/record-kinds"
import { OPTION, translatesOf, VALUE } from "../records/translations/translated-texts"
import type { CaptureInput } from "../options/plugin-options"

/** A kind of record that a change of a row may concern. */
export interface CapturedMark {
  /** The kind's name. */
  entity: string
  /** The record's id; `r` is the changed row, old or new. SQL of ours. */
  id: string
  /** Tables between the row and its record, for example `join product_variant v on v.id = r.variant_id`. SQL of ours. */
  join?: string
  /** An update that leaves these columns as they are concerns no such record; absent = any update does. */
  columns?: readonly string[]
  /** Inserts affect no record yet; deletes also change the owner's own table, which is captured there. */
  only?: "update" | "insert"
}

export interface CapturedTable {
  table: string
  marks: readonly CapturedMark[]
}

const itself = (entity: string): CapturedMark => ({ entity, id: "r.id" })

/** The kind whose id stands in a column of the row. */
const of = (entity: string, column: string): CapturedMark => ({ entity, id: `r.${column}` })

/** A kind whose records show something of the row, found by `join`. */
const shownBy = (entity: string, id: string, join: string, columns: readonly string[]): CapturedMark => ({
  entity,
  id,
  join,
  columns,
  only: "update",
})

/** What is inserted concerns nobody yet, but gets its place (`PLACED`). */
const placed: CapturedMark = { entity: "product", id: "null::text", only: "insert" }

/**
 * Tables of whose rows Medusa keeps no order: what is made together has one time, and ids in no order. In which it was made is
 * kept in `directus_sync_place`, since a row's own place (`ctid`) changes with each update of it.
 */
export const PLACED = ["product_option_value", "product_product_option"] as const

/**
 * Every table that something of a document comes from. What emits no event in Medusa is here all the same: links to
 * categories and images, prices, stock, the values that a product uses of an option. Joins say `deleted_at is null`
 * because all of Medusa's indexes do.
 */
const TABLES: readonly CapturedTable[] = [
  { table: "product", marks: [itself("product")] },
  { table: "product_tags", marks: [of("product", "product_id")] },
  { table: "product_category_product", marks: [of("product", "product_id")] },
  { table: "product_product_option", marks: [of("product", "product_id")] },
  {
    table: "product_product_option_value",
    marks: [
      {
        entity: "product",
        id: "l.product_id",
        join: "join product_product_option l on l.id = r.product_product_option_id",
      },
    ],
  },
  {
    table: "product_option",
    marks: [
      shownBy(
        "product",
        "l.product_id",
        "join product_product_option l on l.product_option_id = r.id and l.deleted_at is null",
        ["title", "deleted_at"],
      ),
      shownBy(
        "variant",
        "l.variant_id",
        "join product_option_value v on v.option_id = r.id and v.deleted_at is null join product_variant_option l on l.option_value_id = v.id",
        ["title", "deleted_at"],
      ),
    ],
  },
  {
    table: "product_option_value",
    marks: [
      placed,
      shownBy(
        "product",
        "l.product_id",
        "join product_product_option_value u on u.product_option_value_id = r.id and u.deleted_at is null join product_product_option l on l.id = u.product_product_option_id",
        ["value", "rank", "deleted_at"],
      ),
      shownBy("variant", "l.variant_id", "join product_variant_option l on l.option_value_id = r.id", [
        "value",
        "deleted_at",
      ]),
    ],
  },
  { table: "product_variant", marks: [itself("variant")] },
  { table: "product_variant_option", marks: [of("variant", "variant_id")] },
  { table: "product_variant_product_image", marks: [of("variant", "variant_id")] },
  {
    table: "image",
    marks: [
      itself("image"),
      shownBy(
        "variant",
        "l.variant_id",
        "join product_variant_product_image l on l.image_id = r.id and l.deleted_at is null",
        ["url", "deleted_at"],
      ),
    ],
  },
  { table: "product_variant_price_set", marks: [of("variant", "variant_id")] },
  {
    table: "price",
    marks: [
      {
        entity: "variant",
        id: "l.variant_id",
        join: "join product_variant_price_set l on l.price_set_id = r.price_set_id and l.deleted_at is null",
        columns: [
          ...["amount", "raw_amount", "currency_code", "price_list_id", "rules_count", "min_quantity", "max_quantity"],
          ...["price_set_id", "deleted_at"],
        ],
      },
    ],
  },
  { table: "product_variant_inventory_item", marks: [of("variant", "variant_id")] },
  {
    table: "inventory_level",
    marks: [
      {
        entity: "variant",
        id: "l.variant_id",
        join: "join product_variant_inventory_item l on l.inventory_item_id = r.inventory_item_id and l.deleted_at is null",
        columns: ["stocked_quantity", "reserved_quantity", "inventory_item_id", "deleted_at"],
      },
    ],
  },
  {
    table: "product_category",
    marks: [
      itself("category"),
      shownBy("product", "l.product_id", "join product_category_product l on l.product_category_id = r.id", [
        "deleted_at",
      ]),
    ],
  },
  {
    table: "product_collection",
    marks: [
      itself("collection"),
      shownBy("product", "p.id", "join product p on p.collection_id = r.id and p.deleted_at is null", ["deleted_at"]),
    ],
  },
  {
    table: "product_type",
    marks: [
      itself("type"),
      shownBy("product", "p.id", "join product p on p.type_id = r.id and p.deleted_at is null", [
        "value",
        "deleted_at",
      ]),
    ],
  },
  {
    table: "product_tag",
    marks: [
      itself("tag"),
      shownBy("product", "l.product_id", "join product_tags l on l.product_tag_id = r.id", ["value", "deleted_at"]),
    ],
  },
]

/** What a shop's function may look at beside the document. */
const FOR_FUNCTIONS: readonly CapturedTable[] = [
  { table: "product_sales_channel", marks: [of("product", "product_id")] },
]

/** What changes a translation; `reference` says of which table the row is that it translates. */
const TRANSLATED = ["translations", "locale_code", "reference", "reference_id", "deleted_at"]

const translated = (entity: string, id: string, join: string): CapturedMark => ({
  entity,
  id,
  ...(join ? { join } : {}),
  columns: TRANSLATED,
})

/** Who shows the translations of what: the record itself, and the products that have an option or use a value. */
function translationMarks(config: CaptureInput["config"]): CapturedMark[] {
  const known = makeKinds(config)
  return [...config.entities].flatMap(([name, entity]) => {
    const translates = translatesOf(entity)
    if (!translates) return []
    const itself = translated(name, `case when r.reference = '${known(name).kind.table}' then r.reference_id end`, "")
    if (!translates.options) return [itself]
    const option = `join product_product_option l on r.reference = '${OPTION}' and l.product_option_id = r.reference_id and l.deleted_at is null`
    const value = `join product_product_option_value u on r.reference = '${VALUE}' and u.product_option_value_id = r.reference_id and u.deleted_at is null
      join product_product_option l on l.id = u.product_product_option_id`
    return [itself, translated(name, "l.product_id", option), translated(name, "l.product_id", value)]
  })
}

/** Medusa's own tables alone. */
export const NO_KINDS: CaptureInput = { config: { entities: new Map() }, functions: false }

/** Medusa's tables and those of the shop's own kinds, each once. */
export function capturedTables({ config, functions }: CaptureInput): CapturedTable[] {
  const own = [...config.entities].flatMap(([name, { source }]) =>
    source ? { table: tableOf(source), marks: [itself(name)] } : [],
  )
  const ofTranslations = translationMarks(config)
  const translations = ofTranslations.length > 0 ? [{ table: "translation", marks: ofTranslations }] : []
  const tables = new Map<string, CapturedTable>()
  for (const { table, marks } of [...TABLES, ...(functions ? FOR_FUNCTIONS : []), ...translations, ...own])
    tables.set(table, { table, marks: [...(tables.get(table)?.marks ?? []), ...marks] })
  return [...tables.values()]
}
