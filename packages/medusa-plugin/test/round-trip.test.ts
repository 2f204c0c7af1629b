import fc from "fast-check"
import { fromDocument, resolveConfig, toDocument } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "#", "a#b", "__proto__", "constructor", "null", "0", "1e3", "{}", "[]", "\u0000", "'\"`;--"),
)
const text = fc.option(hostile)
const real = fc.option(fc.float({ noNaN: true, noDefaultInfinity: true }))
const bool = fc.boolean()
const amount = fc.tuple(fc.nat(), fc.nat(99)).map(([whole, cents]) => `${String(whole)}.${String(cents + 1)}`)
const shipping = {
  material: text,
  weight: real,
  length: real,
  height: real,
  width: real,
  hs_code: text,
  mid_code: text,
}
const id = fc.option(fc.stringMatching(/^[a-z]{3,5}_[0-9A-Z]{4}$/))

const translations = fc.dictionary(
  fc.constantFrom("de-DE/title", "de-DE/material", "fr-FR/title", "de-DE/options/Size", "de-DE/options/Size/%2F"),
  hostile,
)

/** Rows as the plugin's SQL gives them. */
const rows = {
  product: fc.record({
    ...shipping,
    translations,
    ...{ title: hostile, subtitle: text, description: text, handle: hostile, status: hostile, thumbnail: text },
    ...{
      collection_id: id,
      type: text,
      tags: fc.array(hostile),
      categories: fc.array(id.filter((one) => one !== null)),
    },
    options: fc.option(fc.array(fc.record({ title: hostile, values: fc.array(hostile) }))),
    discountable: bool,
    metadata: fc.option(fc.record({ care: fc.oneof(hostile, fc.jsonValue()) }, { requiredKeys: [] })),
  }),
  variant: fc.record({
    ...shipping,
    translations,
    ...{ product_id: id, title: hostile, sku: text, barcode: text, ean: text, upc: text, thumbnail: text },
    options: fc.option(fc.dictionary(hostile, hostile)),
    prices: fc.option(fc.array(fc.record({ currency_code: hostile, amount }))),
    stock: fc.option(fc.nat().map(String)),
    ...{
      manage_inventory: bool,
      allow_backorder: bool,
      variant_rank: fc.option(fc.integer()),
      images: fc.array(hostile),
    },
  }),
  image: fc.record({ product_id: id, url: hostile, rank: fc.nat(), metadata: fc.option(fc.record({ alt: text })) }),
  category: fc.record({
    ...{ name: hostile, description: hostile, handle: hostile, parent_category_id: id, rank: fc.nat() },
    ...{ is_active: bool, is_internal: bool },
  }),
  collection: fc.record({ title: hostile, handle: hostile }),
  tag: fc.record({ value: hostile }),
}

const { entities } = resolveConfig({
  ...{ tag: true, product: { metadata: { care: "care" } } },
  translations: { locales: { "de-DE": "de", "fr-FR": "fr" } },
})

describe("a row", () => {
  it.each(Object.entries(rows))(
    "of the kind %s is the same after a way through a document and a patch",
    (name, row) => {
      const entity = entities.get(name)
      if (!entity) throw new Error(name)
      fc.assert(
        fc.property(row as fc.Arbitrary<Record<string, unknown>>, (stored) => {
          const document = toDocument(entity, "medusa", stored)
          expect(toDocument(entity, "medusa", fromDocument(entity, "medusa", document))).toEqual(document)
        }),
      )
    },
  )
})
