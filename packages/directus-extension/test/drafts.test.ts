import { describe, expect, it } from "vitest"
import { TABLES } from "../src/database/tables"
import {
  useDrafts,
  COLLECTION,
  OTHER,
  CATEGORY,
  GERMAN,
  FILE,
  PRODUCT,
  VARIANT,
  changes,
  listsOf,
  type Row,
} from "./drafting"
import { PUBLIC_URL, uuid } from "./fake-directus"

const drafts = useDrafts()
const { linkAsStored, arrives, save, publish, inbox } = drafts

describe("columns of a draft", () => {
  it("are canonical values: a number, a switch or a list that is only written otherwise is no edit", async () => {
    const delta = await save({
      weight: "1.500",
      discountable: true,
      tags: ["b", "a"],
      title: "Shirt",
      material: "Wool",
    })
    await arrives("product", PRODUCT, "products", { weight: 2, discountable: false, title: "Blouse" })
    expect(await publish(delta)).toEqual({ material: "Wool", tags: ["b", "a"] })
    expect(await inbox()).toEqual([])
  })

  it("of a set are its members: those that Medusa has added stay, those that either took away are gone", async () => {
    const delta = await save({ tags: ["b", "drafted"] })
    await arrives("product", PRODUCT, "products", { tags: '["a","medusa"]' })
    expect(await publish(delta)).toEqual({ tags: ["drafted", "medusa"] })
  })

  it("of a set that the draft empties keep what Medusa has added, also to one that was empty", async () => {
    const delta = await save({ tags: [] })
    await arrives("product", PRODUCT, "products", { tags: '["a","b","medusa"]' })
    expect(await publish(delta)).toEqual({ tags: ["medusa"] })

    await arrives("product", PRODUCT, "products", { tags: "[]" })
    const empty = await save({ tags: [], title: "Typed" })
    await arrives("product", PRODUCT, "products", { tags: '["medusa"]' })
    expect(await publish(empty)).toEqual({ title: "Typed" })
  })

  it("that hold a file and an address are one value", async () => {
    const delta = await save({ thumbnail_file: { id: FILE }, thumbnail: null })
    await arrives("product", PRODUCT, "products", { thumbnail: "https://cdn.example.com/medusa.png" })
    expect(await publish(delta)).toEqual({})
    expect(await inbox()).toEqual([["product", "thumbnail", "directus", `${PUBLIC_URL}/assets/${FILE}`]])
  })

  it("of a record that the sync had not seen when it was saved are based on what its row held", async () => {
    await drafts.directus.database(TABLES.link).where({ entity: "product" }).delete()
    const delta = await save({ title: "Drafted", material: "Wool" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish(delta)).toEqual({ material: "Wool" })
  })

  it("that are none of the mapping's are left as they are", async () => {
    const delta = await save({ shelf: "A3", title: "Drafted" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish(delta)).toEqual({ shelf: "A3" })
  })
})

describe("texts of a draft", () => {
  const texts = async (row: Row) => save({ translations: changes({ update: [{ id: GERMAN, ...row }] }) })
  const arrive = (change: Row) => arrives("product", PRODUCT, "products_translations", change, GERMAN)

  it("of options are told apart by their names", async () => {
    const list = [
      { name: "Size", value: "Weite" },
      { name: "Color", value: "Farbton" },
    ]
    const delta = await texts({ option_titles: list, title: "Hemd" })
    await arrive({ option_titles: '[{"name":"Size","value":"Maß"},{"name":"Color","value":"Farbe"}]' })
    expect(listsOf((await publish(delta))["translations"])).toEqual(
      changes({
        update: [
          {
            ...{ id: GERMAN, title: "Hemd" },
            option_titles: [
              { name: "Size", value: "Maß" },
              { name: "Color", value: "Farbton" },
            ],
          },
        ],
      }),
    )
    expect(await inbox()).toEqual([["product", "translations#de-DE/options/Size", "directus", "Weite"]])
  })

  it("whose language is taken away go one by one", async () => {
    const delta = await save({ translations: changes({ delete: [GERMAN] }) })
    await arrive({ title: "Bluse", description: "Neu" })
    expect(listsOf((await publish(delta))["translations"])).toEqual(
      changes({
        update: [
          expect.objectContaining({
            id: GERMAN,
            title: "Bluse",
            subtitle: null,
            description: "Neu",
            option_titles: [],
          }),
        ],
      }),
    )
    expect(await inbox()).toEqual([["product", "translations#de-DE/title", "directus", null]])
  })

  it("whose language is taken away go with it, when Medusa has changed none", async () => {
    const delta = await save({ translations: changes({ delete: [GERMAN] }) })
    expect(listsOf((await publish(delta))["translations"])).toEqual(changes({ delete: [GERMAN] }))
  })

  it("in a language that has a row by now are written to it, when they are saved and when they are published", async () => {
    const german = await save({ translations: { create: [{ languages_code: { code: "de" }, title: "Entwurf" }] } })
    expect(listsOf(german["translations"])).toEqual(changes({ update: [{ id: GERMAN, title: "Entwurf" }] }))
    // Directus 12.4 would look for who has saved the list, and fail where nobody has.
    expect(german["translations"]).toMatchObject({ _user: null, _date: expect.any(String) as string })
    const french = await save({ translations: { create: [{ languages_code: "fr", title: "Ébauche" }] } })
    await drafts.directus
      .database("products_translations")
      .insert({ id: uuid(31), products_id: PRODUCT, languages_code: "fr", subtitle: "Léger" })
    await linkAsStored("product", PRODUCT)
    expect(listsOf((await publish(french))["translations"])).toEqual(
      changes({ update: [{ id: uuid(31), title: "Ébauche" }] }),
    )
  })

  it("stay where they are in a draft whose lists Directus has looked at without one to put them in", async () => {
    const translations = { create: [{ languages_code: "de", title: "Entwurf" }] }
    expect(await publish({ translations })).toEqual({ translations })
  })
})

describe("parts and references of a draft", () => {
  it("a list of all parts becomes what it changes of those that are there", async () => {
    const [second, third] = [uuid(21), uuid(22)]
    await drafts.directus.database("product_variants").insert([
      { id: second, product: PRODUCT, title: "M" },
      { id: third, product: null, title: "L" },
    ])
    const variants = [VARIANT, third, { title: "new" }]
    expect(listsOf((await save({ variants }))["variants"])).toEqual({
      ...{ create: [{ title: "new" }], update: [{ id: third }], delete: [second] },
    })
  })

  it("a part that is deleted stays when Medusa has changed it since, and the journal says so", async () => {
    const delta = await save({ variants: changes({ delete: [VARIANT] }) })
    await arrives("variant", VARIANT, "product_variants", { material: "Linen" })
    expect(listsOf((await publish(delta))["variants"])).toEqual(changes({}))
    expect(await drafts.directus.database(TABLES.journal).select("entity", "local_id", "event")).toEqual([
      { entity: "variant", local_id: VARIANT, event: "kept" },
    ])
  })

  it("a part that is deleted goes, when nobody has", async () => {
    const delta = await save({ variants: changes({ delete: [VARIANT] }) })
    expect(listsOf((await publish(delta))["variants"])).toEqual(changes({ delete: [VARIANT] }))
  })

  it("a category that is there by now is not added again, and one that went is no edit", async () => {
    const create = [{ product_categories_id: CATEGORY }]
    const delta = await save({ categories: changes({ create }) })
    await drafts.directus
      .database("products_product_categories")
      .insert({ id: uuid(40), products_id: PRODUCT, product_categories_id: CATEGORY })
    await linkAsStored("product", PRODUCT)
    expect(listsOf((await publish(delta))["categories"])).toEqual(changes({}))
    const without = await save({ categories: changes({ delete: [uuid(40)] }) })
    expect(listsOf((await publish(without))["categories"])).toEqual(changes({ delete: [uuid(40)] }))
    expect(await inbox()).toEqual([])
  })

  it("what is edited through a reference is that record's, and goes to the inbox when the reference does", async () => {
    const edited = await save({ collection: { id: COLLECTION, title: "Spring" } })
    await arrives("collection", COLLECTION, "product_collections", { title: "Autumn" })
    expect(await publish(edited)).toEqual({ collection: { id: COLLECTION } })
    expect(await inbox()).toEqual([["collection", "title", "directus", "Spring"]])

    await linkAsStored("collection", OTHER)
    const moved = await save({ collection: { id: OTHER, title: "Frost" } })
    await arrives("product", PRODUCT, "products", { collection: null })
    expect(await publish(moved)).toEqual({})
    expect(await inbox()).toEqual([
      ["product", "collection", "directus", OTHER],
      ["collection", "title", "directus", "Spring"],
      ["collection", "title", "directus", "Frost"],
    ])
  })

  it("a record that is to be made is made, and what Medusa has chosen in its place is kept for a person", async () => {
    const delta = await save({ collection: { title: "Made" }, variants: changes({ create: [{ title: "M" }] }) })
    await arrives("product", PRODUCT, "products", { collection: OTHER })
    const { collection, variants } = await publish(delta)
    expect([collection, listsOf(variants)]).toEqual([{ title: "Made" }, changes({ create: [{ title: "M" }] })])
    expect(await inbox()).toEqual([["product", "collection", "medusa", OTHER]])
  })
})
