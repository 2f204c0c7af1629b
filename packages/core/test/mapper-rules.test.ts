import { describe, expect, it } from "vitest"
import { resolveConfig } from "../src/mapping/config.ts"
import { fromDocument, toDocument } from "../src/mapping/mapper.ts"
import { parseTextKey, textKey, translationsOf } from "../src/mapping/translations.ts"
import { refused, text, thing } from "./thing.ts"

describe("texts in other languages", () => {
  const given = { locales: { "de-DE": "de" }, languages: "langs" }

  it("are those of the fields that the kind still has", () => {
    expect(translationsOf("product", new Set(["title", "options"]), given)?.translates).toEqual({
      locales: { "de-DE": "de" },
      fields: ["title"],
      options: true,
      languages: "langs",
    })
    expect(translationsOf("product", new Set(["title"]), given)?.translates?.options).toBe(false)
    expect(translationsOf("product", new Set(["options"]), given)?.translates?.fields).toEqual([])
    expect(translationsOf("variant", new Set(["title", "material", "options"]), given)?.translates).toMatchObject({
      fields: ["title", "material"],
      options: false,
    })
    expect(translationsOf("product", new Set(["weight"]), given)).toBeNull()
    expect(translationsOf("image", new Set(["title"]), given)).toBeNull()
  })

  it.each(["de", "de-DE", "zh_Hant_TW", "deu-419"])("%s is a language", (locale) => {
    expect(() => resolveConfig({ translations: { locales: { [locale]: "de" } } })).not.toThrow()
  })

  it.each(["d", "dede", "de-", "de-1", "de DE", "1de"])("%j is none", (locale) => {
    expect(() => resolveConfig({ translations: { locales: { [locale]: "de" } } })).toThrow(
      refused(/use a locale such as "de-DE"|locales/),
    )
  })

  it("keep what divides a key apart from what stands in a title", () => {
    expect(textKey({ of: "value", locale: "de-DE", title: "A/B", value: "50%" })).toBe("de-DE/options/A%2FB/50%25")
    const translates = { locales: { "de-DE": "de" }, fields: ["title"], options: true, languages: "languages" }
    expect(parseTextKey(translates, "de-DE/options/Size/")).toEqual({
      of: "value",
      locale: "de-DE",
      title: "Size",
      value: "",
    })
    expect(parseTextKey(translates, "de-DE/options/Size/%E0%A4%A")).toBeNull()
    expect(parseTextKey(translates, "de-DE/other/Size")).toBeNull()
    expect(parseTextKey(translates, "de-DE/options")).toBeNull()
  })
})

describe("a document and what a host stores", () => {
  const entity = thing({
    fields: {
      title: text("title", "name"),
      care: text("metadata.care", "care"),
      fit: text("metadata.fit", null),
      status: text("status", "status", {
        values: { directus: { live: "published" } },
        writes: { directus: { old: "archived" } },
      }),
      tags: { type: "set", medusa: "tags", directus: "tags" },
      options: { type: "map", medusa: "options", directus: "options" },
    },
  })

  it("paths lead into objects, and into nothing else", () => {
    expect(toDocument(entity, "medusa", { title: "T", metadata: { care: "wash" } })).toMatchObject({
      title: "T",
      care: "wash",
      fit: null,
    })
    expect(toDocument(entity, "medusa", { metadata: "care" })["care"]).toBeNull()
    expect(toDocument(entity, "medusa", { metadata: ["care"] })["care"]).toBeNull()
    expect(fromDocument(entity, "medusa", { care: "wash", fit: "slim" })).toEqual({
      metadata: { care: "wash", fit: "slim" },
    })
    expect("fit" in toDocument(entity, "directus", { fit: "x" })).toBe(false)
    expect(fromDocument(entity, "directus", { fit: "slim", unknown: "x" })).toEqual({})
  })

  it("a word is written as the host's own, and only one to one words are read back", () => {
    const written = (status: string) => fromDocument(entity, "directus", { status })["status"]
    expect(["live", "old", "draft", "toString"].map(written)).toEqual(["published", "archived", "draft", "toString"])
    const read = (status: string) => toDocument(entity, "directus", { status })["status"]
    expect(["published", "archived", "live"].map(read)).toEqual(["live", "archived", "live"])
    expect(fromDocument(entity, "medusa", { status: "live" })).toEqual({ status: "live" })
    expect(fromDocument(entity, "directus", { status: null })).toEqual({ status: null })
  })

  it("a set or a map is written whole, with the members that it had", () => {
    const current = { "tags#a": true, "options#Size": "S", title: "T" }
    expect(fromDocument(entity, "medusa", { "tags#b": true, "options#Colour": "red" }, current)).toEqual({
      tags: ["a", "b"],
      options: { Colour: "red", Size: "S" },
    })
    expect(fromDocument(entity, "medusa", { "tags#a": null }, current)).toEqual({ tags: [] })
  })
})
