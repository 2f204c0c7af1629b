import { describe, expect, it } from "vitest"
import { resolveConfig } from "../src/mapping/config.ts"

describe("a mapping", () => {
  it("gives the same hash on both sides when it says the same, and another one when it does not", () => {
    const mapping = {
      product: {
        collection: "accessories",
        externalId: null,
        fields: { title: "productTitle", handle: "slug", weight: false as const },
      },
    }
    expect(resolveConfig(mapping).hash).toBe(resolveConfig(structuredClone(mapping)).hash)
    expect(resolveConfig({}).hash).toBe(resolveConfig(undefined).hash)
    const others = [
      { product: { fields: { title: { wins: "directus" } } } },
      { product: { deletes: { medusa: "ignore" } } },
      { product: { metadata: { care: "care" } } },
      mapping,
    ]
    expect(new Set([resolveConfig().hash, ...others.map((other) => resolveConfig(other).hash)]).size).toBe(5)
  })

  it("is laid over the defaults", () => {
    const entity = resolveConfig({
      product: {
        collection: "accessories",
        fields: { title: "productTitle", weight: false },
        metadata: { care: { directus: "care_text", type: "text" } },
      },
    }).entities.get("product")
    expect(entity?.collection).toBe("accessories")
    expect(entity?.fields.get("title")).toMatchObject({ directus: "productTitle", medusa: "title", wins: "medusa" })
    expect(entity?.fields.has("weight")).toBe(false)
    expect(entity?.fields.get("metadata_care")).toMatchObject({ directus: "care_text", medusa: "metadata.care" })
  })

  it("keeps deleted records as they are when the field that would show it is left out", () => {
    const entity = resolveConfig({ product: { fields: { status: false } } }).entities.get("product")
    expect(entity).toMatchObject({ archive: null, deletes: { medusa: "ignore", directus: "ignore" } })
    expect(() => resolveConfig({ product: { fields: { status: false }, deletes: { medusa: "archive" } } })).toThrow(
      /mapping\.product\.deletes\.medusa: a product cannot be archived in medusa/,
    )
  })

  it("leaves out what refers to a kind that is left out, and parts with their parent", () => {
    const { entities } = resolveConfig({ collection: false, kinds: {} })
    expect(entities.get("product")?.fields.has("collection")).toBe(false)
    expect([...entities.keys()]).toEqual(["category", "product", "image", "variant"])
  })

  it("adds the texts in other languages of every kind that has such, and of the fields that are left", () => {
    const translations = { locales: { "de-DE": "de", "fr-FR": "fr" } }
    const { entities, hash } = resolveConfig({ translations, product: { fields: { material: false } } })
    expect([...entities.values()].filter(({ fields }) => fields.has("translations")).map(({ name }) => name)).toEqual([
      "collection",
      "category",
      "product",
      "variant",
    ])
    expect(entities.get("product")?.fields.get("translations")).toMatchObject({
      type: "map",
      translates: { fields: ["title", "subtitle", "description"], options: true, languages: "languages" },
    })
    expect(resolveConfig({}).entities.get("product")?.fields.has("translations")).toBe(false)
    expect(resolveConfig({ translations: { locales: { "de-DE": "de-DE" } } }).hash).not.toBe(hash)
    const renamed = resolveConfig({ translations, product: { fields: { translations: "texts" } } })
    expect(renamed.entities.get("product")?.fields.get("translations")?.directus).toBe("texts")
  })

  it.each([
    [{ translations: { locales: {} } }, /mapping\.translations\.locales: names no locale/],
    [{ translations: { locales: { "de-DE": "de", "de-AT": "de" } } }, /two locales are the language "de"/],
    [{ translations: { locales: { "de/DE": "de" } } }, /mapping\.translations\.locales\.de\/DE: /],
    [{ variant: { collection: "products" } }, /mapping\.variant\.collection: "products" holds the kind "product"/],
    [{ kinds: { product: { medusa: { module: "a", model: "A" }, collection: "a", fields: {} } } }, /this kind exists/],
    [{ variant: { deletes: { medusa: "archive" } } }, /a variant cannot be archived in medusa/],
    [{ products: {} }, /mapping.*products/s],
    [{ product: { fields: { titel: "x" } } }, /mapping\.product\.fields\.titel: there is no such field\. Known: title/],
    [{ product: { fields: { title: { owner: "nobody" } } } }, /mapping\.product\.fields\.title/],
    [
      { product: { fields: { title: "__proto__" } } },
      /mapping\.product\.fields\.title\.directus: "__proto__" is not a usable path/,
    ],
    [{ product: { fields: { title: "a b" } } }, /not a usable path/],
    [{ product: { fields: { title: "handle" } } }, /"handle" is already mapped by|mapped by "title"/],
    [{ product: { metadata: { "a.constructor": "x" } } }, /not a usable path/],
    [{ product: { matchKeys: ["sku"] } }, /matchKeys: "sku" is not a mapped field/],
    [{ product: { externalId: "title" } }, /externalId: "title" is mapped by "title" already/],
    [
      { product: { fields: { status: { values: { directus: { draft: "x", published: "x" } } } } } },
      /two values share one word/,
    ],
    ["text", /mapping/],
  ])("%j is refused with the path that is wrong", (mapping, message) => {
    expect(() => resolveConfig(mapping)).toThrow(message)
  })
})
