import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Product, type Row } from "../clients/records.ts"
import type { ConflictRow } from "../clients/shop.ts"
import { makeTranslations } from "../clients/translations.ts"
import { eventually } from "../eventually.ts"
import { useSqlite } from "../stack/sqlite.ts"
import { Stack } from "../stack/stack.ts"

const mapping = {
  translations: { locales: { "de-DE": "de" } },
  product: { fields: { subtitle: { wins: "directus" } } },
}
let stack: Stack
const { unique, admin, cms, productOf, item, items, both, category, collection, make } = makeRecords(() => stack)
const { stored, translate } = makeTranslations(() => stack)

const only = <T>([one]: T[]): T => {
  if (one === undefined) throw new Error("There is none.")
  return one
}

type Pair = { product: Product; id: string; item: string }

async function pair(): Promise<Pair> {
  const { product, item: itemId } = await both()
  return { product, id: product.id, item: itemId }
}

/** A draft of an item, as the Studio makes one. @returns its id. */
const draftOf = async (itemId: string | null, change: Record<string, unknown>): Promise<string> => {
  const { data: version } = await cms<{ data: Row }>("/versions", "POST", {
    collection: "products",
    key: "draft",
    ...(itemId === null ? {} : { item: itemId }),
  })
  await save(version.id, change)
  return version.id
}

const save = (version: string, change: Record<string, unknown>) => cms(`/versions/${version}/save`, "POST", change)

/** @param fields - what the Studio sends when somebody has compared the draft with the item. */
async function publish(version: string, fields?: string[]): Promise<void> {
  const { data } = await cms<{ data: { mainHash: string } }>(`/versions/${version}/compare`)
  await cms(`/versions/${version}/promote`, "POST", { mainHash: data.mainHash, ...(fields ? { fields } : {}) })
  await stack.settled()
}

/** Medusa changes its product, and Directus has heard of it. */
async function medusaChanges({ id }: Pair, change: Record<string, unknown>): Promise<void> {
  await admin(`/products/${id}`, change)
  await stack.settled()
}

const bothHold = ({ id, item: itemId }: Pair, expected: Record<string, unknown>) =>
  eventually(`both hold ${JSON.stringify(expected)}`, async () => {
    expect(await stack.shop.read(id)).toMatchObject(expected)
    expect(await stack.cms.read(itemId)).toMatchObject(expected)
  })

/** The open conflicts of a record of Directus; nothing of it lies in Medusa's inbox. */
async function inbox(localId: string, medusaId: string): Promise<ConflictRow[]> {
  expect((await stack.shop.conflicts()).filter((conflict) => conflict.localId === medusaId)).toEqual([])
  return (await stack.cms.conflicts()).filter((conflict) => conflict.localId === localId)
}

const inboxOf = ({ id, item: itemId }: Pair) => inbox(itemId, id)

const partOf = async (name: "product_variants" | "product_images", itemId: string): Promise<Row> =>
  only(await items(name, { product: { _eq: itemId } }).then((rows) => rows.slice(0, 1)))

const texts = (itemId: string) => items("products_translations", { products_id: { _eq: itemId } })

/** An alternative text of a picture, as Medusa keeps it. */
const medusaNames = async (image: string, alt: string): Promise<void> => {
  await stack.sqlMedusa("update image set metadata = $2 where id = $1", [image, { alt }])
  await eventually("Directus has it", async () =>
    expect(await items("product_images", { medusa_id: { _eq: image } })).toMatchObject([{ alt }]),
  )
  await stack.settled()
}

describe.each(["PostgreSQL", "SQLite"])("on %s", (database) => {
  beforeAll(async () => {
    const name = `drafts_${database.toLowerCase()}`
    stack = await Stack.make(name, { translations: true, mapping, directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
    if (database === "SQLite") await useSqlite(stack)
    await stack.start()
    await cms("/collections/products", "PATCH", { meta: { versioning: true } })
  })
  afterAll(() => stack?.stop())

  describe("what Medusa has changed since a value entered a draft", () => {
    test("stays, where Medusa wins; the draft's value is in the inbox and can be taken from there", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "A draft", material: "Wool" })
      await medusaChanges(of, { title: "A medusa" })
      await publish(draft)
      await bothHold(of, { title: "A medusa", material: "Wool" })
      const conflict = only(await inboxOf(of))
      expect(conflict).toMatchObject({
        ...{ field: "title", kind: "concurrent", losingSide: "directus", losingValue: "A draft" },
        value: "A medusa",
      })
      await stack.cms.decide(conflict.id, { decision: "take" })
      await bothHold(of, { title: "A draft" })
      await stack.settled()
      expect(await inboxOf(of)).toEqual([])
    })

    test("gives way, where Directus wins; Medusa's value is in the inbox and can be taken from there", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { subtitle: "Of the draft" })
      await medusaChanges(of, { subtitle: "Of Medusa" })
      await publish(draft)
      await bothHold(of, { subtitle: "Of the draft" })
      const conflict = only(await inboxOf(of))
      expect(conflict).toMatchObject({ field: "subtitle", losingSide: "medusa", losingValue: "Of Medusa" })
      await stack.cms.decide(conflict.id, { decision: "take" })
      await bothHold(of, { subtitle: "Of Medusa" })
    })

    test("stays also when an extension publishes, for which nobody is accountable", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "A draft", material: "Wool" })
      await medusaChanges(of, { title: "A medusa" })
      const { data } = await cms<{ data: { mainHash: string } }>(`/versions/${draft}/compare`)
      await cms("/e2e-witness/promote", "POST", { version: draft, mainHash: data.mainHash })
      await bothHold(of, { title: "A medusa", material: "Wool" })
      await eventually("it is in the inbox", async () =>
        expect(await inboxOf(of)).toMatchObject([{ field: "title", losingValue: "A draft" }]),
      )
    })

    test("stays beside what was drafted of other fields", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Drafted" })
      await medusaChanges(of, { description: "Of Medusa" })
      await publish(draft)
      await bothHold(of, { title: "Drafted", description: "Of Medusa" })
      expect(await inboxOf(of)).toEqual([])
    })

    test("gives way to who has compared both, and has said so", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Reviewed", material: "Wool" })
      await medusaChanges(of, { title: "Of Medusa" })
      await publish(draft, ["title"])
      await bothHold(of, { title: "Reviewed", material: null })
      expect(await inboxOf(of)).toEqual([])
    })

    test("stays unless it has not arrived yet: then it stands against the published value as against any edit", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Published" })
      await stack.cutLinks()
      await admin(`/products/${of.id}`, { title: "Of Medusa" })
      const { data } = await cms<{ data: { mainHash: string } }>(`/versions/${draft}/compare`)
      await cms(`/versions/${draft}/promote`, "POST", { mainHash: data.mainHash })
      await stack.mendLinks()
      await stack.settled()
      await bothHold(of, { title: "Of Medusa" })
      const lost = (await stack.conflicts()).filter(({ localId }) => localId === of.id || localId === of.item)
      expect(lost).toMatchObject([{ field: "title", losingSide: "directus", losingValue: "Published" }])
    })

    test("stays where the whole item was drafted and little of it changed, numbers and dates included", async () => {
      const of = await pair()
      await medusaChanges(of, { weight: 1.5, material: "Wool" })
      const whole = await stack.cms.read(of.item)
      const unchanged = Object.fromEntries(
        ["title", "subtitle", "material", "weight", "discountable", "tags", "collection"].map((name) => [
          name,
          whole[name],
        ]),
      )
      const draft = await draftOf(of.item, { ...unchanged, weight: "1.50", description: "Typed" })
      await medusaChanges(of, { weight: 2.5, material: "Linen", discountable: false })
      await publish(draft)
      await bothHold(of, { weight: 2.5, material: "Linen", discountable: false, description: "Typed" })
      expect(await inboxOf(of)).toEqual([])
    })
  })

  describe("a draft that is kept", () => {
    test("publishes what was typed since, and nothing again", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "First" })
      await publish(draft)
      await medusaChanges(of, { title: "Of Medusa" })
      await save(draft, { material: "Wool" })
      await publish(draft)
      await bothHold(of, { title: "Of Medusa", material: "Wool" })
      expect(await inboxOf(of)).toEqual([])

      await save(draft, { title: "Typed anew" })
      await publish(draft)
      await bothHold(of, { title: "Typed anew" })
      expect(await inboxOf(of)).toEqual([])
    })

    test("asks a person once, not with each publishing", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Drafted" })
      await medusaChanges(of, { title: "Of Medusa" })
      await publish(draft)
      await stack.cms.decide(only(await inboxOf(of)).id, { decision: "keep" })
      await save(draft, { material: "Wool" })
      await publish(draft)
      await bothHold(of, { title: "Of Medusa", material: "Wool" })
      expect(await inboxOf(of)).toEqual([])
    })

    test("that had no item makes one, and then is like any other", async () => {
      const word = unique("without-item")
      const draft = await draftOf(null, { title: word, handle: word, variants: { create: [{ title: "S" }] } })
      await cms(`/versions/${draft}/promote`, "POST", {})
      const made = await eventually("it is in Medusa", async () => only(await stack.shop.find({ handle: word })))
      await stack.settled()
      const of: Pair = { product: await productOf(made.id), id: made.id, item: await stack.itemOf(made.id) }
      expect(of.product.variants).toMatchObject([{ title: "S" }])
      await medusaChanges(of, { title: "Of Medusa" })
      await save(draft, { material: "Wool" })
      await publish(draft)
      await bothHold(of, { title: "Of Medusa", material: "Wool" })
      expect((await productOf(of.id)).variants).toHaveLength(1)
      expect(await inboxOf(of)).toEqual([])
    })
  })

  describe("texts of a draft", () => {
    test("in another language stand against what Medusa has written since, each by itself", async () => {
      const of = await pair()
      await translate("product", of.id, "de-DE", { title: "Hemd", subtitle: "Leicht" })
      const row = await eventually("Directus has it", async () => only(await texts(of.item)))
      await stack.settled()
      const update = [{ id: row.id, title: "Entwurf", description: "Aus Wolle" }]
      const draft = await draftOf(of.item, { translations: { create: [], update, delete: [] } })
      const rows = await stack.sqlMedusa("select id from translation where reference_id = $1", [of.id])
      const translations = { title: "Bluse", subtitle: "Leicht" }
      await admin("/translations/batch", { update: [{ id: only(rows)["id"], translations }] })
      await stack.settled()
      await publish(draft)
      const expected = { title: "Bluse", subtitle: "Leicht", description: "Aus Wolle" }
      await eventually("both hold it", async () => {
        expect(await texts(of.item)).toMatchObject([expected])
        expect(await stored(of.id)).toMatchObject({ "de-DE": expected })
      })
      const conflict = only(await inboxOf(of))
      expect(conflict).toMatchObject({ field: "translations#de-DE/title", losingValue: "Entwurf" })
      await stack.cms.decide(conflict.id, { decision: "take" })
      await eventually("both hold it", async () => {
        expect(await texts(of.item)).toMatchObject([{ title: "Entwurf" }])
        expect(await stored(of.id)).toMatchObject({ "de-DE": { title: "Entwurf" } })
      })
    })

    test.each([
      ["with empty lists beside it", { update: [], delete: [] }],
      ["alone", {}],
    ])("in a language that Medusa has made meanwhile are texts of that one: made %s", async (_, beside) => {
      const of = await pair()
      const create = [{ languages_code: "de", title: "Entwurf", subtitle: "Aus Wolle" }]
      const draft = await draftOf(of.item, { translations: { create, ...beside } })
      await translate("product", of.id, "de-DE", { title: "Bluse" })
      await stack.settled()
      expect(await texts(of.item)).toHaveLength(1)
      await publish(draft)
      const expected = { title: "Bluse", subtitle: "Aus Wolle" }
      await eventually("both hold it", async () => {
        expect(await texts(of.item)).toMatchObject([expected])
        expect(await stored(of.id)).toMatchObject({ "de-DE": expected })
      })
      expect(await inboxOf(of)).toMatchObject([{ field: "translations#de-DE/title", losingValue: "Entwurf" }])
      await publish(draft)
      expect(await texts(of.item)).toMatchObject([expected])
    })

    test("of a language that is taken away stay where Medusa has written since", async () => {
      const of = await pair()
      await translate("product", of.id, "de-DE", { title: "Hemd", subtitle: "Leicht" })
      const row = await eventually("Directus has it", async () => only(await texts(of.item)))
      await stack.settled()
      const draft = await draftOf(of.item, { translations: { create: [], update: [], delete: [row.id] } })
      const rows = await stack.sqlMedusa("select id from translation where reference_id = $1", [of.id])
      const translations = { title: "Bluse", subtitle: "Leicht" }
      await admin("/translations/batch", { update: [{ id: only(rows)["id"], translations }] })
      await stack.settled()
      await publish(draft)
      await eventually("both hold what is left", async () => {
        expect(await texts(of.item)).toMatchObject([{ title: "Bluse", subtitle: null }])
        expect(Object.keys((await stored(of.id))["de-DE"] as Row)).not.toContain("subtitle")
      })
      expect(await inboxOf(of)).toMatchObject([{ field: "translations#de-DE/title", losingValue: null }])
    })
  })

  describe("parts of a draft", () => {
    test("a variant's title stands against what Medusa has typed since", async () => {
      const of = await pair()
      const row = await partOf("product_variants", of.item)
      const update = [{ id: row.id, title: "Of the draft", material: "Wool" }]
      const draft = await draftOf(of.item, { variants: { create: [], update, delete: [] } })
      const variant = only(of.product.variants)
      await admin(`/products/${of.id}/variants/${variant.id}`, { title: "Of Medusa" })
      await stack.settled()
      await publish(draft, ["variants"])
      await eventually("both hold it", async () => {
        expect(await item("product_variants", row.id)).toMatchObject({ title: "Of Medusa", material: "Wool" })
        expect(only((await productOf(of.id)).variants)).toMatchObject({ title: "Of Medusa", material: "Wool" })
      })
      const conflict = only(await inbox(row.id, variant.id))
      expect(conflict).toMatchObject({ field: "title", losingSide: "directus", losingValue: "Of the draft" })
      await stack.cms.decide(conflict.id, { decision: "take" })
      await eventually("it is taken", async () =>
        expect(only((await productOf(of.id)).variants)).toMatchObject({ title: "Of the draft" }),
      )
    })

    test("an image's text stands against what Medusa has given it since", async () => {
      const of = await pair()
      const image = String((await partOf("product_images", of.item))["medusa_id"])
      const row = await partOf("product_images", of.item)
      const draft = await draftOf(of.item, {
        images: { create: [], update: [{ id: row.id, alt: "Of the draft" }], delete: [] },
      })
      await medusaNames(image, "Of Medusa")
      await publish(draft)
      expect(await item("product_images", row.id)).toMatchObject({ alt: "Of Medusa" })
      expect(await inbox(row.id, image)).toMatchObject([{ field: "alt", losingValue: "Of the draft" }])
    })

    test("an image that Medusa has deleted since leaves what was drafted of it in the inbox", async () => {
      const of = await pair()
      const row = await partOf("product_images", of.item)
      const image = String(row["medusa_id"])
      const draft = await draftOf(of.item, {
        images: { create: [], update: [{ id: row.id, alt: "Of the draft" }], delete: [] },
        material: "Wool",
      })
      await medusaChanges(of, {
        images: of.product.images.filter(({ id }) => id !== image).map(({ id, url }) => ({ id, url })),
      })
      expect(await items("product_images", { product: { _eq: of.item } })).toHaveLength(1)
      await publish(draft)
      await bothHold(of, { material: "Wool" })
      expect(await inbox(row.id, image)).toMatchObject([{ field: "alt", losingValue: "Of the draft" }])
    })

    test("an image that is deleted in the draft stays when Medusa has changed it since, and goes otherwise", async () => {
      const of = await pair()
      const rows = await items("product_images", { product: { _eq: of.item } })
      const [changed, untouched] = rows.map(({ id }) => id)
      const draft = await draftOf(of.item, { images: { create: [], update: [], delete: [changed, untouched] } })
      await medusaNames(String(rows[0]?.["medusa_id"]), "Of Medusa")
      await publish(draft)
      await eventually("one is left on both sides", async () => {
        expect(await items("product_images", { product: { _eq: of.item } })).toMatchObject([{ id: changed }])
        expect((await productOf(of.id)).images).toMatchObject([{ id: rows[0]?.["medusa_id"] }])
      })
      const path = `/medusa-sync/journal?entity=image&item=${changed ?? ""}`
      const { data: lines } = await cms<{ data: { event: string; reason: string }[] }>(path)
      expect(lines.filter(({ event }) => event === "kept").map(({ reason }) => reason)).toEqual([
        expect.stringContaining("deleted in a draft"),
      ])
    })

    test("an image that Medusa has added since stays, however the draft lists its own", async () => {
      const of = await pair()
      const rows = await items("product_images", { product: { _eq: of.item } })
      const draft = await draftOf(of.item, {
        images: rows.map(({ id }, n) => ({ id, alt: `Drafted ${String(n)}` })),
      })
      const urls = of.product.images.map(({ id, url }) => ({ id, url }))
      await medusaChanges(of, { images: [...urls, { url: `${String(urls[0]?.url)}-added.png` }] })
      await publish(draft)
      const left = await items("product_images", { product: { _eq: of.item } })
      expect(left.map(({ alt }) => alt).sort()).toEqual(["Drafted 0", "Drafted 1", null])
      expect((await productOf(of.id)).images).toHaveLength(3)
    })
  })

  describe("references of a draft", () => {
    test("a collection stands against the one that Medusa has chosen since", async () => {
      const of = await pair()
      const [drafted, chosen] = [await collection(), await collection()]
      const draft = await draftOf(of.item, { collection: drafted.item })
      await medusaChanges(of, { collection_id: chosen.id })
      await publish(draft)
      expect(await item("products", of.item)).toMatchObject({ collection: chosen.item })
      const conflict = only(await inboxOf(of))
      expect(conflict).toMatchObject({ field: "collection", losingValue: drafted.item })
      await stack.cms.decide(conflict.id, { decision: "take" })
      await eventually("Medusa has it", async () => expect((await productOf(of.id))["collection_id"]).toBe(drafted.id))
    })

    test("categories that each side has added are all there, each once", async () => {
      const of = await pair()
      const [mine, theirs, ours] = [await category(), await category(), await category()]
      const create = [mine, ours].map((one) => ({ product_categories_id: { id: one.item } }))
      const draft = await draftOf(of.item, { categories: { create, update: [], delete: [] } })
      await medusaChanges(of, { categories: [{ id: theirs.id }, { id: ours.id }] })
      await publish(draft)
      const rows = await items("products_product_categories", { products_id: { _eq: of.item } })
      expect(rows.map((row) => String(row["product_categories_id"])).sort()).toEqual(
        [mine.item, theirs.item, ours.item].sort(),
      )
      expect((await productOf(of.id)).categories.map(({ id }) => id).sort()).toEqual(
        [mine.id, theirs.id, ours.id].sort(),
      )
      expect(await inboxOf(of)).toEqual([])
    })

    test("tags that each side has added and taken away are so", async () => {
      const word = unique("tag")
      const of = await pair()
      await stack.cms.edit(of.item, { tags: [`${word}-a`, `${word}-b`] })
      await stack.settled()
      const draft = await draftOf(of.item, { tags: [`${word}-b`, `${word}-drafted`] })
      const { product_tag } = await admin<{ product_tag: Row }>("/product-tags", { value: `${word}-medusa` })
      const { product } = await admin<{ product: { tags: Row[] } }>(`/products/${of.id}?fields=*tags`)
      await medusaChanges(of, { tags: [...product.tags, product_tag].map(({ id }) => ({ id })) })
      await publish(draft)
      const tags = [`${word}-b`, `${word}-drafted`, `${word}-medusa`]
      await eventually("both have them", async () => {
        expect([...((await item("products", of.item))["tags"] as string[])].sort()).toEqual(tags)
        const now = await admin<{ product: { tags: Row[] } }>(`/products/${of.id}?fields=*tags`)
        expect(now.product.tags.map(({ value }) => value).sort()).toEqual(tags)
      })
    })
  })

  test("a draft of a collection that is not mapped is as in a plain Directus, and nothing is kept of it", async () => {
    const name = "quotes"
    await cms("/collections", "POST", {
      collection: name,
      schema: {},
      meta: { versioning: true },
      fields: [
        { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
        { field: "text", type: "string", schema: {}, meta: {} },
      ],
    })
    const quote = await make(name, { text: "Before" })
    const { data: version } = await cms<{ data: Row }>("/versions", "POST", {
      ...{ collection: name, item: String(quote), key: "draft" },
    })
    await save(version.id, { text: "Drafted" })
    await cms(`/items/${name}/${String(quote)}`, "PATCH", { text: "Changed meanwhile" })
    const { data } = await cms<{ data: { mainHash: string } }>(`/versions/${version.id}/compare`)
    await cms(`/versions/${version.id}/promote`, "POST", { mainHash: data.mainHash })
    expect(await item(name, String(quote))).toMatchObject({ text: "Drafted" })
    if (database === "PostgreSQL")
      expect(await stack.sqlDirectus("select id from medusa_sync_draft where version = $1", [version.id])).toEqual([])
  })

  // The file of SQLite is not looked into: `draft-publishing.test.ts` of the extension does that.
  describe.runIf(database === "PostgreSQL")("what is kept of a draft", () => {
    const kept = async (draft: string) =>
      (await stack.sqlDirectus("select field from medusa_sync_draft where version = $1", [draft])).map(
        ({ field }) => field,
      )

    test("goes with it", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Drafted" })
      expect(await kept(draft)).toContain("title")
      await cms(`/versions/${draft}`, "DELETE")
      await eventually("nothing is kept of it", async () => expect(await kept(draft)).toEqual([]))
    })

    test("begins with the next start, for one that is older than the sync", async () => {
      const of = await pair()
      const draft = await draftOf(of.item, { title: "Drafted", material: "Wool" })
      await stack.directus.stop()
      await stack.sqlDirectus("delete from medusa_sync_draft where version = $1", [draft])
      await stack.directus.start()
      await eventually("it is known", async () => expect(await kept(draft)).toContain("title"))
      await medusaChanges(of, { title: "Of Medusa" })
      await publish(draft)
      await bothHold(of, { title: "Of Medusa", material: "Wool" })
      expect(await inboxOf(of)).toMatchObject([{ field: "title", losingValue: "Drafted" }])
    })
  })
})
