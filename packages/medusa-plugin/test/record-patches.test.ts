import { resolveConfig, textKey, type EntityDefinition } from "medusa-directus-core/host"
import { memberName } from "medusa-directus-core/names"
import { describe, expect, it } from "vitest"
import type { RecordRow } from "../src/records/record-kind"
import { filledIn, newRecord, patchOf, patchOfRestored } from "../src/records/record-patches"

const entityOf = (name: string, mapping: object = {}): EntityDefinition => {
  const entity = resolveConfig(mapping).entities.get(name)
  if (!entity) throw new Error(name)
  return entity
}

describe("what is written of a document", () => {
  it("has sets, maps and references whole", () => {
    const current = { "tags#a": true, "tags#b": true }
    expect(
      patchOf(entityOf("product"), { "tags#a": null, "tags#c": true, "categories#pcat_1": true }, current),
    ).toEqual({
      tags: ["b", "c"],
      categories: ["pcat_1"],
    })
    expect(patchOf(entityOf("variant"), { "options#Size": "S" })).toEqual({ options: { Size: "S" } })
  })

  it("has of translations those that change, and says which are gone", () => {
    const product = entityOf("product", { translations: { locales: { "de-DE": "de" } } })
    const current = { "translations#de-DE/title": "Hemd", "translations#de-DE/options/Size": "Größe" }
    const fields = { "translations#de-DE/title": null, "translations#de-DE/subtitle": "Kühl", title: "Shirt" }
    expect(patchOf(product, fields, current)).toEqual({
      title: "Shirt",
      translations: { "de-DE/title": null, "de-DE/subtitle": "Kühl" },
    })
    expect(patchOf(product, { title: "Shirt" }, current)).toEqual({ title: "Shirt" })
  })

  it.each(["Size #1", "#1", "a#b#c", "A/B", "50%", "a: b", "a, b", "a.b", "a\nb", "de-DE/title"])(
    "has the texts of an option called %j",
    (title) => {
      const product = entityOf("product", { translations: { locales: { "de-DE": "de" } } })
      const keys = [
        textKey({ of: "option", locale: "de-DE", title }),
        textKey({ of: "value", locale: "de-DE", title, value: title }),
      ]
      const texts = Object.fromEntries(keys.map((key) => [key, "X"]))
      const fields = Object.fromEntries(keys.map((key) => [memberName("translations", key), "X"]))
      expect(patchOf(product, fields)).toEqual({ translations: texts })
      const row = { id: "prod_1", deleted_at: null, translations: { [keys[0] ?? ""]: "old" } } as RecordRow
      expect(patchOfRestored(product, fields, row)).toEqual({ id: "prod_1", translations: texts })
    },
  )

  it("has nothing of what functions compute", () => {
    const product = entityOf("product", { product: { computed: { teaser: "teaser" } } })
    expect(patchOf(product, { computed_teaser: "x", title: "T" })).toEqual({ title: "T" })
  })

  it("leaves absent values of a new record to Medusa", () => {
    expect(newRecord(entityOf("product"), { title: "T", discountable: null }, "prod_1")).toEqual({
      id: "prod_1",
      title: "T",
    })
    expect(newRecord(entityOf("collection"), { title: "T" }, null)).toEqual({ title: "T" })
  })

  it("gives a column that takes no null what the kind has for it, and only then", () => {
    const whenNull = { description: "", rank: 0 }
    expect(filledIn({ id: "1", description: null, name: null }, whenNull)).toEqual({
      id: "1",
      description: "",
      name: null,
    })
  })
})

describe("a record that came back", () => {
  const row = {
    id: "variant_1",
    deleted_at: null,
    ...{ product_id: "prod_1", title: "old", sku: "sku-1", images: ["a", "b"], options: { Size: "S" } },
  } as RecordRow

  it("gets what is different, and loses members that left", () => {
    const fields = { title: "new", material: null, "images#a": true }
    expect(patchOfRestored(entityOf("variant"), fields, row)).toEqual({ id: "variant_1", title: "new", images: ["a"] })
  })

  it("keeps what Medusa owns as Medusa has it", () => {
    const fields = { title: "old", sku: "sku-2", "options#Size": "M", "images#a": true, "images#b": true }
    expect(patchOfRestored(entityOf("variant"), fields, row)).toEqual({ id: "variant_1" })
  })

  it("is made anew when nothing is left of it", () => {
    expect(patchOfRestored(entityOf("variant"), {}, undefined)).toBeNull()
  })
})
