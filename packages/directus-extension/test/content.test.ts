import type { Relation, SchemaOverview } from "@directus/types"
import { resolveConfig } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { deepOf, fieldsOf } from "../src/content/content-plan"
import { planContent, type ContentWish } from "../src/content/plan-content"
import type { ArchiveFields } from "../src/content/publishing-rules"
import { shapeContent } from "../src/content/shape-content"
import { planCollections } from "../src/schema/plan-collections"
import { NOTHING_THERE, schemaOf } from "./fake-directus"

const config = resolveConfig({ translations: { locales: { "de-DE": "de" } } })
const product = config.entities.get("product")
if (!product) throw new Error("There are no products.")

type FieldInput = string | { field: string; type?: string; special?: string[]; alias?: boolean }

/** The collections of the mapping, with what a shop has added. */
function world(): SchemaOverview {
  const schema = schemaOf(planCollections(config.entities, NOTHING_THERE))
  const add = (collection: string, fields: FieldInput[]): void => {
    const known = (schema.collections[collection] ??= {
      ...(schema.collections["products"] as SchemaOverview["collections"][string]),
      collection,
      primary: "id",
      fields: {},
    })
    for (const input of fields) {
      const {
        field,
        type = "string",
        special = [],
        alias = false,
      } = typeof input === "string" ? { field: input } : input
      known.fields[field] = { field, type, special, alias } as never
    }
  }
  const relate = (collection: string, field: string, related: string | null, meta: object = {}): void => {
    schema.relations.push({ collection, field, related_collection: related, meta } as unknown as Relation)
  }
  add("products", [
    "story",
    { field: "token", special: ["conceal"] },
    { field: "password", type: "hash" },
    { field: "made", type: "timestamp", special: ["date-created"] },
    { field: "cover", type: "uuid", special: ["file"] },
    { field: "editor", type: "uuid" },
    "guide",
    { field: "quotes", type: "alias", alias: true },
    { field: "blocks", type: "alias", alias: true },
  ])
  add("products_translations", ["story", "slogan"])
  add("guides", ["id", "name", "status", "secret_price"])
  add("quotes", ["id", "text", "status", "product"])
  add("products_blocks", ["id", "item", "collection", "product"])
  add("block_texts", ["id", "text"])
  add("directus_users", ["id", "email"])
  relate("products", "cover", "directus_files")
  relate("products", "editor", "directus_users")
  relate("products", "guide", "guides")
  relate("quotes", "product", "products", { one_field: "quotes" })
  relate("products_blocks", "product", "products", { one_field: "blocks", junction_field: "item" })
  relate("products_blocks", "item", null, {
    one_allowed_collections: ["block_texts", "directus_users"],
    one_collection_field: "collection",
    junction_field: "product",
  })
  return schema
}

type Given = Partial<ContentWish> & { own?: string[]; archives?: ArchiveFields }

function plan(fields: string[], { own = ["published"], archives = new Map(), ...more }: Given = {}) {
  const ground = { schema: world(), entities: config.entities, archives, published: own }
  const found = planContent(ground, product!, { fields, published: ["published"], locale: null, ...more })
  if (!found) throw new Error("There is no such collection.")
  return found
}

const shape = (fields: string[], row: object, more: Given = {}) =>
  shapeContent(plan(fields, more), { status: "published", ...row }, (file) => `https://cms/assets/${file}`)

describe("what the store may show", () => {
  it("with * is what editors added: no field of the sync, no secret, no upkeep, no way elsewhere", () => {
    expect([...plan(["*"]).shown.keys()].sort()).toEqual(["cover", "story"])
  })

  it("by name is what has that name, also what the sync carries", () => {
    expect([...plan(["story", "title", "made", "missing"]).shown.keys()]).toEqual(["story", "title", "made"])
  })

  it.each([
    ["token"],
    ["password"],
    ["editor"],
    ["editor.email"],
    ["cover.uploaded_by.email"],
    ["blocks.item:directus_users.*"],
  ])("never leads to secrets or to Directus's own collections: %s", (path) => {
    expect(
      fieldsOf(plan([path])).filter((field) => /token|password|editor|email|uploaded|directus_users/.test(field)),
    ).toEqual([])
  })

  it("is asked of Directus by paths, with the lists whole and the rows of one language", () => {
    const found = plan(["guide.name", "quotes", "blocks"], { locale: "de-DE" })
    expect(fieldsOf(found)).toEqual(
      expect.arrayContaining([
        "id",
        "status",
        "guide.name",
        "guide.status",
        "quotes.text",
        "blocks.collection",
        "blocks.item:block_texts.text",
        "translations.languages_code",
      ]),
    )
    expect(fieldsOf(found)).not.toContain("guide.secret_price")
    expect(deepOf(found)).toMatchObject({
      quotes: { _limit: -1 },
      translations: { _filter: { languages_code: { _in: ["de", "de-DE"] } } },
    })
  })
})

describe("what is shown of an item", () => {
  it.each(["draft", "archived", "proposed", null, undefined])("is nothing while its status is %s", (status) => {
    expect(shape(["story"], { status, story: "x" })).toBeNull()
  })

  it("goes by the shop's own word where it names one", () => {
    expect(shape(["guide"], { guide: { id: 1, name: "n", status: "live" } })?.["guide"]).toBeNull()
    const own = ["published", "live"]
    expect(shape(["guide.name"], { guide: { id: 1, name: "n", status: "live" } }, { own, published: ["*"] })).toEqual({
      guide: { name: "n" },
    })
  })

  /** The status of the items that are shown: guides and quotes have one that no mapping names. */
  const shown = (given: Given): unknown[] => {
    const all = ["published", "live", "draft", "archived", "*", null]
    const quotes = all.map((status, id) => ({ id, text: String(status), status }))
    const guides = all.map((status) => shape(["guide.name"], { guide: { id: 1, name: status, status } }, given))
    const item = shape(["quotes.text"], { quotes }, given)
    const told = (item?.["quotes"] as { text: string }[]).map(({ text }) => text)
    expect(guides.flatMap((one) => (one?.["guide"] as { name: string } | null)?.name ?? [])).toEqual(told)
    return told
  }

  it.each<[string, string[], string[]]>([
    ["the drafts that are asked for", ["draft", "archived"], []],
    ["drafts beside what is public", ["published", "draft", "live"], ["published"]],
    ["what the asker has a word for that means all", ["*"], ["published"]],
    ["what an older Medusa asks for", ["published"], ["published"]],
  ])("is never more than Directus itself calls public: %s", (_, published, expected) => {
    expect(shown({ published })).toEqual(expected)
  })

  it("may be less, when the asker wants so", () => {
    const own = ["published", "live"]
    expect(shown({ own, published: ["live", "draft"] })).toEqual(["live"])
    expect(shown({ own, published: ["published", "*"] })).toEqual(["published", "live"])
  })

  it("is no archived item, whatever word is asked for", () => {
    const archives = new Map([["guides", { field: "secret_price", value: "gone" }]])
    const guide = { id: 1, name: "n", status: "published", secret_price: "gone" }
    for (const published of [["gone"], ["gone", "*"]])
      expect(shape(["guide.name"], { guide }, { archives, published })?.["guide"]).toBeNull()
  })

  it("leaves out what is a draft below it, and all that was not asked for", () => {
    const row = {
      story: "s",
      title: "not asked for",
      quotes: [
        { id: 1, text: "yes", status: "published", product: "p" },
        { id: 2, text: "no", status: "draft" },
      ],
      blocks: [
        { id: 1, collection: "block_texts", item: { id: 5, text: "b" } },
        { id: 2, collection: "directus_users", item: { id: 6, email: "e" } },
      ],
    }
    expect(shape(["story", "quotes.text", "blocks.item.text", "blocks.collection"], row)).toEqual({
      story: "s",
      quotes: [{ text: "yes" }],
      blocks: [
        { collection: "block_texts", item: { text: "b" } },
        { collection: "directus_users", item: null },
      ],
    })
  })

  it("shows a file by what a page needs of it", () => {
    const cover = { id: "f", title: "t", type: "image/png", storage: "local", uploaded_by: "someone" }
    expect(shape(["cover"], { cover })).toEqual({
      cover: {
        id: "f",
        url: "https://cms/assets/f",
        title: "t",
        description: null,
        type: "image/png",
        width: null,
        height: null,
      },
    })
    expect(shape(["cover"], { cover: null })).toEqual({ cover: null })
  })

  it("has the texts of the asked language, and its own where there are none", () => {
    const translations = [
      { languages_code: "de", story: "Geschichte", slogan: "" },
      { languages_code: "fr", story: "Histoire", slogan: "Oui" },
    ]
    const row = { story: "Story", translations }
    expect(shape(["*"], row, { locale: "de-DE" })).toMatchObject({ story: "Geschichte", slogan: null })
    expect(shape(["*"], row, { locale: "de-at" })).toMatchObject({ story: "Geschichte" })
    expect(shape(["*"], row, { locale: "fr-FR" })).toMatchObject({ story: "Histoire", slogan: "Oui" })
    expect(shape(["*"], row, { locale: "es-ES" })).toMatchObject({ story: "Story", slogan: null })
    expect(shape(["*"], row)).toMatchObject({ story: "Story", slogan: null })
  })
})
