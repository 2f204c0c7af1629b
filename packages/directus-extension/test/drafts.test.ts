import type { Accountability, EventContext } from "@directus/types"
import { fingerprint, resolveConfig, type CanonicalValue } from "medusa-directus-core"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeLinkStore } from "../src/adapters/link-store"
import { readRows } from "../src/adapters/read-rows"
import { storedKinds } from "../src/adapters/stored-kinds"
import { makeDraftGuard, type DraftGuard } from "../src/drafts/guard-drafts"
import { keepOpenDrafts } from "../src/drafts/open-drafts"
import { noteReviews } from "../src/drafts/reviewed"
import { pruneInternalTables, TABLES } from "../src/schema/internal-tables"
import { makeDependents } from "../src/sync-hook/dependents"
import { makeMarker } from "../src/sync-hook/mark-dirty"
import { fakeDirectus, PUBLIC_URL, uuid, type FakeDirectus } from "./fake-directus"

type Row = Record<string, unknown>

const { entities } = resolveConfig({
  translations: { locales: { "de-DE": "de", "fr-FR": "fr" } },
  product: { fields: { subtitle: { wins: "directus" } } },
})
const VERSION = uuid(900)
const [PRODUCT, VARIANT, COLLECTION, OTHER, CATEGORY, GERMAN, FILE] = [1, 20, 5, 6, 10, 30, 90].map(uuid) as [
  ...[string, string, string, string, string, string, string],
]
const editor = { user: "editor", admin: true } as Accountability
const said: string[] = []
const log = { info: () => undefined, warn: (text: string) => said.push(text), error: (text: string) => said.push(text) }
let directus: FakeDirectus
let guard: DraftGuard

beforeEach(async () => {
  said.length = 0
  directus = await fakeDirectus(entities)
  const { database, reader, schema } = directus
  const captured = () => {
    const kinds = storedKinds(schema, entities)
    const dependentsOf = makeDependents(schema, kinds, "sqlite3")
    return { dialect: "sqlite3", assets: reader.assets, kinds, dependentsOf } as const
  }
  guard = makeDraftGuard((of) => (of ? captured() : null), makeMarker(log), log)
  await database("directus_versions").insert({ id: VERSION, collection: "products", item: PRODUCT })
  await database("directus_files").insert({ id: FILE })
  await database("product_collections").insert([
    { id: COLLECTION, title: "Summer" },
    { id: OTHER, title: "Winter" },
  ])
  await database("product_categories").insert({ id: CATEGORY, name: "Shirts" })
  await database("products").insert({
    ...{ id: PRODUCT, title: "Shirt", weight: 1.5, discountable: true, collection: COLLECTION },
    ...{ tags: '["a","b"]', thumbnail: "https://cdn.example.com/a.png" },
  })
  await database("product_variants").insert({ id: VARIANT, product: PRODUCT, title: "S" })
  await database("products_translations").insert({
    ...{ id: GERMAN, products_id: PRODUCT, languages_code: "de", title: "Hemd", subtitle: "Leicht" },
    option_titles: '[{"name":"Size","value":"Größe"},{"name":"Color","value":"Farbe"}]',
  })
  for (const [kind, id] of [
    ["product", PRODUCT],
    ["variant", VARIANT],
    ["collection", COLLECTION],
  ] as const)
    await linkAsStored(kind, id)
})
afterEach(() => directus.close())

const documentOf = async (kind: string, id: string) => {
  const stored = directus.reader.kinds.find(kind)
  return (stored && (await readRows(directus.reader, stored, [id])).get(id)) ?? {}
}

/** Medusa and Directus agree: all that a record holds has come from Medusa. */
async function linkAsStored(kind: string, id: string): Promise<void> {
  const fields = Object.entries(await documentOf(kind, id)).map(([name, value]) => [
    name,
    { fp: fingerprint(value), r: 0 },
  ])
  const link = { peer_id: `medusa-${id}`, standing: "alive", state: "active", rev: 3, seen: 3, acked: 3 }
  await directus.database(TABLES.link).where({ entity: kind, local_id: id }).delete()
  await directus
    .database(TABLES.link)
    .insert({ entity: kind, local_id: id, fields: JSON.stringify(Object.fromEntries(fields)), ...link })
}

/** Medusa's change has arrived. */
async function arrives(kind: string, id: string, collection: string, change: Row, row = id): Promise<void> {
  await directus.database(collection).where({ id: row }).update(change)
  await linkAsStored(kind, id)
}

const context = (accountability: Accountability | null = editor): EventContext => ({
  database: directus.database,
  schema: directus.schema,
  accountability,
})

/** @returns what Directus would keep. */
async function save(delta: Row): Promise<Row> {
  const payload = structuredClone({ delta })
  await guard.save(payload, { keys: [VERSION] }, context())
  await directus
    .database("directus_versions")
    .where({ id: VERSION })
    .update({ delta: JSON.stringify(payload.delta) })
  return payload.delta
}

/** @returns what Directus would write. */
async function publish(delta: Row, by: Accountability | null = { ...editor }): Promise<Row> {
  const meta = { collection: "products", item: PRODUCT, version: VERSION }
  const payload = (await guard.publish(structuredClone(delta), meta, context(by))) as Row
  await guard.update(payload, { collection: "products", keys: [PRODUCT] }, context(by))
  if (by) await guard.activity({ action: "update", collection: "products", item: PRODUCT }, {}, context(null))
  await guard.published({ ...meta, payload }, context(by))
  expect(said).toEqual([])
  return payload
}

const inbox = async () => {
  const rows = await directus
    .database(TABLES.conflict)
    .orderBy("field")
    .select<{ entity: string; field: string; losing_side: string; losing_value: string }[]>("*")
  return rows.map(({ entity, field, losing_side: side, losing_value: value }) => [
    ...[entity, field, side],
    JSON.parse(value) as CanonicalValue,
  ])
}

const changes = (more: Row) => ({ create: [], update: [], delete: [], ...more })
/** Without what Directus needs beside the lists. */
const listsOf = (value: unknown) => {
  const { _user, _date, ...lists } = value as Row
  return lists
}

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
    await directus.database(TABLES.link).where({ entity: "product" }).delete()
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
    await directus
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
    await directus.database("product_variants").insert([
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
    expect(await directus.database(TABLES.journal).select("entity", "local_id", "event")).toEqual([
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
    await directus
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

it("what a draft makes is made once, however often it is published", async () => {
  const create = [{ title: "M" }]
  const by = { _user: "editor", _date: "2026-01-01T00:00:00Z" }
  const stamped = changes({ create: create.map((row) => ({ ...row, ...by })), ...by })
  await save({ variants: stamped })
  await publish({ variants: changes({ create }) })
  expect(listsOf((await publish({ variants: changes({ create }) }))["variants"])).toEqual(changes({}))
  await save({ variants: stamped })
  expect(listsOf((await publish({ variants: changes({ create }) }))["variants"])).toEqual(changes({}))
  await save({})

  const delta = await save({
    ...{ collection: { title: "Made" }, variants: changes({ create }), title: "Typed" },
    categories: changes({ create: [{ product_categories_id: { name: "Made" } }] }),
  })
  const made = await publish(delta)
  expect(listsOf(made["variants"])).toEqual(changes({ create }))
  expect(made).toMatchObject({ collection: { title: "Made" }, categories: { create: [expect.anything()] } })
  const again = await publish(await save({ ...delta, material: "Wool" }))
  expect([listsOf(again["variants"]), listsOf(again["categories"])]).toEqual([changes({}), changes({})])
  expect(again).not.toHaveProperty("collection")
  const more = await save({ ...delta, variants: changes({ create: [{ title: "M" }, { title: "L" }] }) })
  expect(listsOf((await publish(more))["variants"])).toEqual(changes({ create: [{ title: "L" }] }))
})

describe("who publishes", () => {
  const compare = (accountability: Accountability | null, fields?: unknown) => {
    let handler: ((request: unknown, response: unknown, next: () => void) => void) | undefined
    noteReviews({ post: (_: string, given: typeof handler) => (handler = given) } as never)
    handler?.({ accountability, body: fields === undefined ? {} : { fields } }, {}, () => undefined)
  }

  it("and has compared the item's own columns decides about them, in that request alone", async () => {
    const delta = await save({ title: "Drafted", variants: changes({ update: [{ id: VARIANT, title: "Small" }] }) })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    await arrives("variant", VARIANT, "product_variants", { title: "XS" })
    const [reviewer, other] = [{ ...editor }, { ...editor }]
    compare(reviewer, ["title", "variants"])
    compare(other)
    const { title, variants } = await publish(delta, reviewer)
    expect([title, listsOf(variants)]).toEqual(["Drafted", changes({ update: [{ id: VARIANT }] })])
    expect(await inbox()).toEqual([["variant", "title", "directus", "Small"]])

    await save({ title: "Drafted again" })
    await arrives("product", PRODUCT, "products", { title: "Tunic" })
    expect(await publish({ title: "Drafted again" }, other)).toEqual({})
  })

  it.each([
    ["in a Flow or an extension, where nobody is", null],
    ["by a request", editor],
  ])("%s is asked the same, and each draft asks a person once", async (_, by) => {
    const delta = await save({ title: "Drafted" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish(delta, by)).toEqual({})
    expect(await publish(delta, by)).toEqual({})
    expect(await inbox()).toEqual([["product", "title", "directus", "Drafted"]])
    await directus.database(TABLES.conflict).delete()
    await arrives("product", PRODUCT, "products", { title: "Tunic" })
    expect(await publish(delta, by)).toEqual({})
    expect(await inbox()).toEqual([])
    const anew = await save({ title: "Typed anew" })
    expect(await publish(anew, by)).toEqual({ title: "Typed anew" })
  })

  it("while Medusa changes the item is refused, with what to do", async () => {
    const delta = await save({ title: "Drafted" })
    const meta = { collection: "products", item: PRODUCT, version: VERSION }
    await guard.publish(structuredClone(delta), meta, context())
    await guard.update({}, { collection: "products", keys: [PRODUCT] }, context())
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    const recorded = guard.activity({ action: "update", collection: "products", item: PRODUCT }, {}, context(null))
    await expect(recorded).rejects.toMatchObject({
      code: "UNPROCESSABLE_CONTENT",
      message: expect.stringMatching(/publish it again/) as string,
    })
  })

  it("in vain leaves nothing for the next edit of the item", async () => {
    const delta = await save({ title: "Drafted" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    const by = { ...editor }
    await guard.publish(
      structuredClone(delta),
      { collection: "products", item: PRODUCT, version: VERSION },
      context(by),
    )
    await guard.update({}, { collection: "products", keys: [PRODUCT] }, context(by))
    await guard.update({}, { collection: "products", keys: [PRODUCT] }, context({ ...editor }))
    await guard.activity({ action: "update", collection: "products", item: PRODUCT }, {}, context(null))
    expect(await inbox()).toEqual([])
  })

  it("a draft of something else, or gives a version another name, is not looked at", async () => {
    await guard.save({ name: "Draft" }, { keys: [VERSION] }, context())
    await directus.database("directus_versions").where({ id: VERSION }).update({ collection: "quotes" })
    await save({ text: "Drafted" })
    const quote = { collection: "quotes", item: "1", version: VERSION }
    expect(await guard.publish({ text: "Drafted" }, quote, context())).toEqual({ text: "Drafted" })
    const fresh = { collection: "products", item: null, version: VERSION }
    expect(await guard.publish({ title: "New" }, fresh, context())).toEqual({ title: "New" })
    expect(await directus.database(TABLES.draft)).toEqual([])
  })

  it("goes on when the sync's tables cannot be read, and is told in the log", async () => {
    const delta = await save({ title: "Drafted" })
    await directus.database.schema.renameTable(TABLES.draft, "away")
    const meta = { collection: "products", item: PRODUCT, version: VERSION }
    const translations = changes({ create: [{ languages_code: "de", title: "Entwurf" }] })
    const whole = { ...delta, translations }
    expect(await guard.publish(structuredClone(whole), meta, context())).toEqual(whole)
    await save(delta)
    expect(said).toEqual([
      expect.stringMatching(/as it would be without the sync/),
      expect.stringMatching(/not be kept/),
    ])
  })
})

describe("what is kept of drafts", () => {
  const kept = async () =>
    (await directus.database(TABLES.draft).whereNot({ field: "" }).pluck("field")).sort() as string[]

  it("is of the fields that are in them, and of no others", async () => {
    await save({ title: "Drafted", material: "Wool" })
    expect(await kept()).toEqual(["material", "title"])
    await save({ title: "Drafted" })
    expect(await kept()).toEqual(["title"])
  })

  it("goes with them, however they go", async () => {
    await save({ title: "Drafted" })
    await guard.deleted({ keys: [VERSION] }, context())
    expect(await directus.database(TABLES.draft)).toEqual([])
    await save({ title: "Drafted" })
    await pruneInternalTables(directus.database, new Date(), 30)
    expect(await kept()).toEqual(["title"])
    await directus.database("directus_versions").delete()
    await pruneInternalTables(directus.database, new Date(), 30)
    expect(await directus.database(TABLES.draft)).toEqual([])
  })

  it("begins, for those that are older, when the sync starts: they publish what Medusa changes of later no more", async () => {
    const delta = { title: "Drafted", material: "Wool" }
    await directus
      .database("directus_versions")
      .where({ id: VERSION })
      .update({ delta: JSON.stringify(delta) })
    await directus.database("directus_versions").insert([
      { id: uuid(901), collection: "quotes", item: "1", delta: "{}" },
      { id: uuid(902), collection: "products", item: null, delta: '{"title":"New"}' },
    ])
    await keepOpenDrafts({ ...directus.reader, schema: directus.schema }, log)
    expect(await kept()).toEqual(["material", "title"])
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    // A second start takes nothing back.
    await keepOpenDrafts({ ...directus.reader, schema: directus.schema }, log)
    expect(await publish(delta)).toEqual({ material: "Wool" })
    expect(await inbox()).toEqual([["product", "title", "directus", "Drafted"]])
  })

  it("and of one that was published without it, or made its item, is what it has published", async () => {
    const meta = { collection: "products", item: PRODUCT, version: VERSION, payload: { title: "Shirt" } }
    await guard.published(meta, context())
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish({ title: "Shirt", material: "Wool" })).toEqual({ material: "Wool" })
  })

  it("is found again by a link that stays as it is", async () => {
    const [link] = await makeLinkStore(directus.database, "sqlite3").find("product", [PRODUCT])
    await save({ title: "Drafted" })
    expect((await directus.database(TABLES.draft).where({ field: "title" }).first())?.fp).toBe(
      link?.fields["title"]?.fp,
    )
  })
})
