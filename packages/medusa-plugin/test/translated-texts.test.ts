import fc from "fast-check"
import { parseTextKey, resolveConfig, type EntityDefinition } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { makeKinds } from "../src/records/record-kinds"
import { mapOf, translatedTexts, translatesOf, type StoredTexts } from "../src/records/translations/translated-texts"

const mapping = { translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } }
const config = resolveConfig(mapping)

const entityOf = (name: string): EntityDefinition => {
  const entity = config.entities.get(name)
  if (!entity) throw new Error(name)
  return entity
}
const translates = translatesOf(entityOf("product"))
if (!translates) throw new Error("products have no translations")
const texts = translatedTexts("product", entityOf("product"), translates)

const row = (change: Partial<StoredTexts>): StoredTexts => ({
  ...{ reference: "product", id: "prod_1", title: null, value: null, locale: "de-DE", texts: {} },
  ...change,
})

describe("the translations of a record", () => {
  it("are those of the mapping, and an empty one is none", () => {
    const own = { title: "Hemd", subtitle: "", description: null, material: 7, handle: "hemd", seo: "x" }
    expect(mapOf(texts, [row({ texts: own }), row({ locale: "fr-FR", texts: null })])).toEqual({
      "de-DE/title": "Hemd",
    })
  })

  it("have those of options and values under keys that say which", () => {
    const stored = [
      row({ texts: { title: "Hemd" } }),
      row({ title: "Size", texts: { title: "Größe", value: "not of an option" } }),
      row({ title: "Size", value: "Small", texts: { value: "Klein", title: "not of a value" } }),
    ]
    expect(mapOf(texts, stored)).toEqual({
      "de-DE/title": "Hemd",
      "de-DE/options/Size": "Größe",
      "de-DE/options/Size/Small": "Klein",
    })
  })

  it("have keys that say the title and the value, whatever they hold", { timeout: 60_000 }, () => {
    const text = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(text, fc.option(text), (title, value) => {
        const [[key = ""] = []] = texts.textsAt(row({ title, value }), "de-DE")
        const parsed = value === null ? { of: "option", title } : { of: "value", title, value }
        expect(parseTextKey(translates, key)).toEqual({ locale: "de-DE", ...parsed })
      }),
    )
  })

  it("are asked for only where the mapping has them", () => {
    const asks = (of: typeof config, kind: string) => makeKinds(of)(kind).kind.select("present").includes("translation")
    for (const kind of ["product", "variant", "category", "collection"]) {
      expect(asks(config, kind)).toBe(true)
      expect(asks(resolveConfig(), kind)).toBe(false)
    }
    expect(asks(config, "image")).toBe(false)
    expect(asks(resolveConfig({ ...mapping, variant: { fields: { translations: false } } }), "variant")).toBe(false)
  })
})
