import { resolveConfig } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { planCollections } from "../src/schema/plan-collections"
import type { Ground, PlannedCollection } from "../src/schema/plan"
import { NOTHING_THERE } from "./fake-directus"

const planOf = (mapping: unknown = {}, ground: Ground = NOTHING_THERE): PlannedCollection[] =>
  planCollections(resolveConfig(mapping).entities, ground)
const named = (plan: PlannedCollection[], name: string): PlannedCollection => {
  const found = plan.find(({ collection }) => collection === name)
  if (!found) throw new Error(`no collection ${name}`)
  return found
}
const fieldOf = (plan: PlannedCollection[], collection: string, name: string) =>
  named(plan, collection).fields.find(({ field }) => field === name)
const relationOf = (plan: PlannedCollection[], collection: string, name: string) =>
  named(plan, collection).relations.find(({ field }) => field === name)

describe("the collections that are made", () => {
  it("are six by default, the hidden one among them", () => {
    expect(
      planOf()
        .map(({ collection }) => collection)
        .sort(),
    ).toEqual([
      "product_categories",
      "product_collections",
      "product_images",
      "product_variants",
      "products",
      "products_product_categories",
    ])
  })

  it("are fewer when the mapping leaves kinds out, and nothing refers to those", () => {
    const plan = planOf({ category: false, image: false })
    expect(plan.map(({ collection }) => collection).sort()).toEqual([
      "product_collections",
      "product_variants",
      "products",
    ])
    const fields = named(plan, "products").fields.map(({ field }) => field)
    expect(fields).toEqual(expect.arrayContaining(["variants", "collection"]))
    expect(fields).not.toEqual(expect.arrayContaining(["categories"]))
    expect(fields).not.toEqual(expect.arrayContaining(["images"]))
  })

  it("types and tags get theirs when the mapping turns them on", () => {
    const names = planOf({ type: true, tag: true }).map(({ collection }) => collection)
    expect(names).toEqual(expect.arrayContaining(["product_types", "product_tags"]))
  })

  it("each shows the state of an item: in a field of its own that holds nothing, and in lists on the key", () => {
    const kinds = planOf({ type: true, tag: true }).filter(({ preset }) => preset !== null)
    expect(kinds.length).toBe(7)
    for (const { fields, preset } of kinds) {
      const [key, state] = fields
      expect(state).toMatchObject({ field: "medusa_sync", type: "alias", schema: null })
      expect(state?.meta).toMatchObject({ interface: "medusa-sync-state", special: ["alias", "no-data"], group: null })
      expect(key).toMatchObject({ field: "id", meta: { display: "medusa-sync-state" } })
      expect((preset?.["layout_query"] as { tabular: { fields: string[] } }).tabular.fields).toContain("id")
    }
  })

  it("a field of the shop's own that has the state's name keeps it", () => {
    const { fields } = named(planOf({ product: { fields: { title: "medusa_sync" } } }), "products")
    expect(fields.filter(({ field }) => field === "medusa_sync").map(({ type }) => type)).toEqual(["text"])
  })

  it.each([
    [{}, /gets its price in Medusa/, /Prices and stock are Medusa's/],
    [{ owner: "two-way" }, /What you change here counts/, /^What is sold\. The stock is Medusa's\.$/],
    [{ owner: "directus" }, /What you change here counts/, /^What is sold\. The stock is Medusa's\.$/],
  ])("the note beside prices says who keeps them under the mapping: %j", (prices, ofPrices, ofVariants) => {
    const plan = planOf({ variant: { fields: { prices } } })
    const [field, list] = [fieldOf(plan, "product_variants", "prices"), fieldOf(plan, "products", "variants")]
    expect(field?.meta["note"]).toMatch(ofPrices)
    expect(list?.meta["note"]).toMatch(ofVariants)
    expect("conditions" in (field?.meta ?? {})).toBe(!("owner" in prices))
    for (const { fields } of plan) for (const { meta } of fields) expect(meta).not.toHaveProperty("ifEditable")
  })

  it("every field is named once, and every section has a field", () => {
    for (const { fields } of planOf({ type: true, tag: true })) {
      const names = fields.map(({ field }) => field)
      expect(new Set(names).size).toBe(names.length)
      const groups = new Set(fields.flatMap(({ meta }) => (meta["group"] as string | null) ?? []))
      expect([...groups].filter((group) => !names.includes(group))).toEqual([])
      const sections = names.filter((name) => name.startsWith("section_"))
      expect(sections.filter((section) => !groups.has(section))).toEqual([])
    }
  })

  it("all fields that people see have an English and a German name", () => {
    const nameless = planOf({ type: true, tag: true }).flatMap(({ collection, meta, fields }) =>
      meta["hidden"]
        ? []
        : fields
            .filter(({ meta: { hidden, translations } }) => !hidden && (translations as unknown[] | null)?.length !== 2)
            .map(({ field }) => `${collection}.${field}`),
    )
    expect(nameless).toEqual([])
  })
})

describe("with locales in the mapping", () => {
  const locales = { "de-DE": "de", "fr-FR": "fr" }
  const translated = (mapping: Record<string, unknown> = {}, ground: Ground = NOTHING_THERE) =>
    planOf({ translations: { locales }, ...mapping }, ground)
  const TEXTS = "products_translations"

  it("at most ten collections are seen, and those of the translations are not", () => {
    const seen = (plan: PlannedCollection[]) => plan.filter(({ meta }) => !meta["hidden"])
    expect(seen(planOf()).length).toBeLessThanOrEqual(6)
    expect(seen(translated({ type: true, tag: true })).length).toBeLessThanOrEqual(10)
    const names = (plan: PlannedCollection[]) => plan.map(({ collection }) => collection)
    expect(
      names(translated())
        .filter((name) => !names(planOf()).includes(name))
        .sort(),
    ).toEqual([
      "languages",
      "product_categories_translations",
      "product_collections_translations",
      "product_variants_translations",
      TEXTS,
    ])
  })

  it("a translation goes with its record, and keeps its language", () => {
    expect(relationOf(translated(), TEXTS, "products_id")).toMatchObject({
      related_collection: "products",
      meta: { one_field: "translations", junction_field: "languages_code" },
      schema: { on_delete: "CASCADE" },
    })
    expect(relationOf(translated(), TEXTS, "languages_code")).toMatchObject({
      related_collection: "languages",
      meta: { one_field: null, junction_field: "products_id" },
      schema: { on_delete: "NO ACTION" },
    })
  })

  it("a text has the name and the interface that it has on the record", () => {
    const plan = translated({ product: { fields: { title: "name" } } })
    const names = named(plan, TEXTS).fields.map(({ field }) => field)
    expect(names.slice(0, 3)).toEqual(["id", "products_id", "languages_code"])
    expect(names).toEqual(expect.arrayContaining(["name", "subtitle", "description", "option_titles", "option_values"]))
    expect(names).not.toContain("title")
    expect(fieldOf(plan, TEXTS, "description")?.meta).toMatchObject({ interface: "input-multiline" })
    expect(fieldOf(plan, TEXTS, "name")?.meta).not.toHaveProperty("required")
    expect(named(plan, "products").meta["item_duplication_fields"]).toEqual(
      expect.arrayContaining(["translations.languages_code", "translations.name"]),
    )
    expect(named(plan, "product_variants_translations").fields.map(({ field }) => field)).not.toContain("option_titles")
  })

  it("all that an editor of a translation sees has an English and a German name", () => {
    const nameless = translated().flatMap(({ collection, fields }) =>
      collection.endsWith("_translations")
        ? fields.filter(({ meta }) => !meta["hidden"] && (meta["translations"] as unknown[] | null)?.length !== 2)
        : [],
    )
    expect(nameless).toEqual([])
  })

  it("languages of somebody else's are used when a code is their key, and left alone when not", () => {
    const foreign = (keyType: string): Ground => ({
      isOurs: (collection) => collection !== "languages",
      keyType: (collection) => (collection === "languages" ? keyType : "uuid"),
    })
    const byCode = translated({}, foreign("string")).map(({ collection }) => collection)
    expect(byCode).toContain(TEXTS)
    expect(byCode).not.toContain("languages")
    expect(translated({}, foreign("integer"))).toEqual(planOf({}, foreign("integer")))
  })
})

describe("their relations", () => {
  const plan = planOf()

  it("a part goes with its whole, which lists its parts in their order", () => {
    expect(relationOf(plan, "product_variants", "product")).toEqual({
      collection: "product_variants",
      field: "product",
      related_collection: "products",
      meta: { one_field: "variants", sort_field: "rank", one_deselect_action: "nullify" },
      schema: { on_delete: "CASCADE" },
    })
    expect(relationOf(plan, "product_images", "product")?.meta["one_field"]).toBe("images")
  })

  it("a part that is taken out of the list goes only where it has no archive, or goes in the shop too", () => {
    const action = (mapping: Parameters<typeof planOf>[0], collection: string) =>
      relationOf(planOf(mapping), collection, "product")?.meta["one_deselect_action"]
    expect(action(undefined, "product_images")).toBe("delete")
    expect(action({ variant: { fields: { archived: false } } }, "product_variants")).toBe("delete")
    expect(action({ variant: { deletes: { medusa: "propagate" } } }, "product_variants")).toBe("delete")
    expect(action({ variant: { deletes: { medusa: "unlink" } } }, "product_variants")).toBe("nullify")
  })

  it("the list of variants has the columns that are mapped, by their own names, and shows which are archived", () => {
    const columns = (mapping?: Parameters<typeof planOf>[0]) => {
      const options = fieldOf(planOf(mapping), "products", "variants")?.meta["options"]
      return (options as { fields: string[] }).fields
    }
    expect(columns()).toEqual(["title", "sku", "prices", "stock", "archived"])
    const changed = { title: "name", stock: false, archived: false } as const
    expect(columns({ variant: { fields: changed } })).toEqual(["name", "sku", "prices"])
  })

  it("an archive mark is hidden until it is set: then the form shows it, and it can be taken back", () => {
    expect(fieldOf(plan, "product_variants", "archived")?.meta).toMatchObject({
      hidden: true,
      conditions: [{ rule: { _and: [{ archived: { _eq: true } }] }, hidden: false }],
    })
  })

  it("what only refers to a record stays when that goes", () => {
    for (const [collection, field, list] of [
      ["product_categories", "parent", "children"],
      ["products", "collection", "products"],
    ] as const)
      expect(relationOf(plan, collection, field)).toMatchObject({
        meta: { one_field: list, one_deselect_action: "nullify" },
        schema: { on_delete: "SET NULL" },
      })
  })

  it("a junction row goes with either end", () => {
    expect(named(plan, "products_product_categories").relations).toMatchObject([
      { field: "products_id", meta: { one_field: "categories" }, schema: { on_delete: "CASCADE" } },
      { field: "product_categories_id", meta: { one_field: "products" }, schema: { on_delete: "CASCADE" } },
    ])
  })

  it("a collection of somebody else's is not altered: nothing is listed on it, and it gets no field", () => {
    const foreign: Ground = {
      isOurs: (collection) => collection !== "articles",
      keyType: (collection) => (collection === "articles" ? "integer" : "uuid"),
    }
    const mixed = planOf({ product: { collection: "articles" } }, foreign)
    expect(mixed.map(({ collection }) => collection).sort()).toEqual([
      "product_categories",
      "product_collections",
      "product_images",
      "product_variants",
    ])
    expect(relationOf(mixed, "product_variants", "product")).toMatchObject({
      related_collection: "articles",
      meta: { one_field: null },
    })
    expect(fieldOf(mixed, "product_variants", "product")?.type).toBe("integer")
    expect(fieldOf(mixed, "product_collections", "products")).toBeUndefined()
  })
})

describe("their fields", () => {
  const plan = planOf()

  it("what Medusa owns is given for a new record and read-only once it is linked", () => {
    for (const [collection, field] of [
      ["product_variants", "sku"],
      ["product_variants", "prices"],
      ["products", "options"],
    ] as const)
      expect(fieldOf(plan, collection, field)?.meta).toMatchObject({
        conditions: [{ rule: { _and: [{ medusa_id: { _nnull: true } }] }, readonly: true }],
      })
    expect(fieldOf(plan, "products", "title")?.meta["conditions"]).toBeUndefined()
  })

  it("stock and what is computed are never given here", () => {
    expect(fieldOf(plan, "product_variants", "stock")?.meta["readonly"]).toBe(true)
    const computed = planOf({ product: { computed: { margin: "margin" } } })
    expect(fieldOf(computed, "products", "margin")?.meta["readonly"]).toBe(true)
  })

  it("without a Medusa id to ask, what Medusa owns is read-only", () => {
    const bare = planOf({ variant: { externalId: null } })
    expect(fieldOf(bare, "product_variants", "sku")?.meta).toMatchObject({ readonly: true })
  })

  it("the archive marks are shown as Directus's list understands them", () => {
    expect(named(plan, "products").meta).toMatchObject({ archive_field: "status", archive_value: "archived" })
    expect(named(plan, "product_variants").meta).toMatchObject({
      archive_field: "archived",
      archive_value: "true",
      unarchive_value: "false",
    })
    // Directus leaves out rows whose mark is null.
    expect(fieldOf(plan, "product_variants", "archived")?.schema).toEqual({ is_nullable: true, default_value: false })
    expect(named(plan, "product_images").meta).not.toHaveProperty("archive_field")
  })

  it("keys of metadata come before the first section, names of the mapping are used in templates", () => {
    const own = planOf({ product: { fields: { title: "name" }, metadata: { care: "care_text" } } })
    expect(named(own, "products").meta["display_template"]).toBe("{{name}}")
    const fields = named(own, "products").fields
    const at = (name: string): number => fields.findIndex(({ field }) => field === name)
    expect(at("care_text")).toBeGreaterThan(at("variants"))
    expect(at("care_text")).toBeLessThan(at("section_organisation"))
  })

  it("a kind of the shop's own gets a plain collection, and a list on the kind that it is a part of", () => {
    const own = planOf({
      kinds: {
        review: {
          medusa: { module: "review", model: "Review" },
          collection: "reviews",
          fields: { text: "text", product_id: { type: "reference", to: "product", directus: "product" } },
          parent: "product_id",
        },
      },
    })
    expect(fieldOf(own, "products", "reviews")).toMatchObject({ type: "alias", meta: { interface: "list-o2m" } })
    expect(relationOf(own, "reviews", "product")).toMatchObject({
      meta: { one_field: "reviews", one_deselect_action: "nullify" },
      schema: { on_delete: "CASCADE" },
    })
  })

  it("a copy carries neither the Medusa id nor a key that one record only can have", () => {
    const copied = named(plan, "product_variants").meta["item_duplication_fields"]
    expect(copied).toEqual(expect.arrayContaining(["title", "prices", "thumbnail_file"]))
    for (const field of ["medusa_id", "sku", "stock", "archived"]) expect(copied).not.toContain(field)
  })
})
