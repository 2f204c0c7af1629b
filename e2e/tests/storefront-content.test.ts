import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { directionKey, sign } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeContent, type Shown } from "../clients/content.ts"
import type { Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
const { admin, cms, itemOf, store, contentOf, addField, addCollection, relate, relateTo, publish, questions, shows } =
  makeContent(() => stack)

let cover: string

/** What a shop's developer lays down in Directus: fields of its own, a collection of guides, quotes and blocks. */
async function modelContent(): Promise<void> {
  for (const field of ["story", "seo_title"]) {
    await addField("products", field)
    await addField("products_translations", field)
  }
  await addField("products_translations", "slogan")
  await addField("products", "supplier_note", "string", { special: ["conceal"] })
  await addField("products", "cover", "uuid", { special: ["file"] })
  await relateTo("products", "cover", "directus_files")
  await addField("products", "editor", "uuid", { special: ["user-created"] })
  await relateTo("products", "editor", "directus_users")
  await addField("product_categories", "intro")
  await addField("product_collections", "intro")

  const status = { field: "status", type: "string", schema: { default_value: "draft" } }
  const column = (field: string, type = "string") => ({ field, type, schema: {} })
  await addCollection("guides", [status, column("name"), column("price", "integer")])
  await addField("products", "guide", "integer")
  await relateTo("products", "guide", "guides")
  await addCollection("quotes", [status, column("text"), column("product", "uuid")])
  await addField("products", "quotes", "alias", { special: ["o2m"] }, null)
  await relateTo("quotes", "product", "products", "quotes")

  await addCollection("block_texts", [column("text")])
  await addCollection("block_steps", [status, column("step")])
  await addCollection("products_blocks", [column("product", "uuid"), column("item"), column("collection")])
  await addField("products", "blocks", "alias", { special: ["m2a"] }, null)
  await relate("products_blocks", "product", "products", { one_field: "blocks", junction_field: "item" })
  await relate("products_blocks", "item", null, {
    one_collection_field: "collection",
    one_allowed_collections: ["block_texts", "block_steps"],
    junction_field: "product",
  })
}

async function upload(): Promise<string> {
  const form = new FormData()
  form.append("title", "A shirt on a chair")
  form.append("file", new Blob(["a picture"], { type: "image/png" }), "shirt.png")
  const answer = await fetch(`${stack.directus.url}/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${directusToken}` },
    body: form,
  })
  return ((await answer.json()) as { data: { id: string } }).data.id
}

beforeAll(async () => {
  stack = await Stack.start("storefront_content", {
    translations: true,
    mapping: { translations: { locales: { "de-DE": "de" } } },
    plugin: {
      content: {
        // Fresh in each answer, so that a test reads what is so now.
        maxAge: 0,
        product: ["*", "guide.name", "quotes", "blocks", "editor.email", "editor"],
        category: "*",
        collection: ["intro"],
      },
    },
  })
  await modelContent()
  cover = await upload()
})
afterAll(() => stack?.stop())

describe("what editors wrote in Directus", () => {
  test("stands beside Medusa's own fields, what the sync carries and what is secret does not", async () => {
    const { id } = await publish("Shirt", {
      story: "Woven at night.",
      seo_title: "A shirt",
      supplier_note: "42 %",
      cover,
    })
    const shown = await contentOf(id)
    expect(shown).toEqual({
      product_id: id,
      story: "Woven at night.",
      seo_title: "A shirt",
      slogan: null,
      guide: null,
      quotes: [],
      blocks: [],
      cover: {
        id: cover,
        url: `${stack.directus.url}/assets/${cover}`,
        title: "A shirt on a chair",
        description: null,
        type: "image/png",
        width: null,
        height: null,
      },
    })
  })

  test("comes by its fields' names, too, and not unless it is asked for", async () => {
    const { id } = await publish("Socks", { story: "Two of them.", seo_title: "Socks" })
    const some = await store(`/products/${id}`, { fields: "id,directus_product.story,directus_product.seo_title" })
    expect(some.directus_product).toEqual({ product_id: id, story: "Two of them.", seo_title: "Socks" })
    expect(await store(`/products/${id}`, {})).not.toHaveProperty("directus_product")
  })

  test("is one question for a page of products", async () => {
    const made = [await publish("Page 1", { story: "one" }), await publish("Page 2", { story: "two" })]
    await publish("Page 3")
    await stack.settled()
    stack.toDirectus.forget()
    const page = await store<Shown[]>("/products", { fields: "id,*directus_product", limit: "50" })
    expect(page.length).toBeGreaterThanOrEqual(3)
    const stories = made.map(({ id }) => page.find((product) => product.id === id)?.directus_product?.["story"])
    expect(stories).toEqual(["one", "two"])
    expect(questions()).toHaveLength(1)
  })

  test("of a field that is added while both run is there without anything else being done", async () => {
    const { id, item } = await publish("Hat")
    await addField("products", "washing")
    await stack.cms.edit(item, { washing: "By hand" })
    await shows(id, "washing", "By hand")
  })

  test("belongs to categories and collections as well, alone and inside a product", async () => {
    const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", {
      name: "Shirts",
      is_active: true,
    })
    const { collection } = await admin<{ collection: Row }>("/collections", { title: "Summer" })
    const { id } = await publish("Polo")
    await admin(`/products/${id}`, { categories: [{ id: category.id }], collection_id: collection.id })
    const intro = { intro: "Read this first." }
    await cms(`/items/product_categories/${await itemOf("product_categories", category.id)}`, "PATCH", intro)
    await cms(`/items/product_collections/${await itemOf("product_collections", collection.id)}`, "PATCH", intro)

    const inCategory = await store(`/product-categories/${category.id}`, { fields: "id,*directus_category" })
    expect(inCategory.directus_category).toEqual({ category_id: category.id, ...intro })
    const inCollection = await store(`/collections/${collection.id}`, { fields: "id,*directus_collection" })
    expect(inCollection.directus_collection).toEqual({ collection_id: collection.id, ...intro })

    const fields = "id,*categories,*categories.directus_category,*collection,*collection.directus_collection"
    const whole = await store<Shown & { categories: Shown[]; collection: Shown }>(`/products/${id}`, { fields })
    expect(whole.categories[0]?.directus_category).toMatchObject(intro)
    expect(whole.collection.directus_collection).toMatchObject(intro)
  })
})

describe("a draft", () => {
  test("of a product shows no content, whatever Medusa still has it for", async () => {
    const { id, item } = await publish("Coat", { story: "Not yet." })
    await shows(id, "story", "Not yet.")
    await stack.settled()
    await stack.toMedusa.cut()
    try {
      for (const status of ["draft", "archived", "proposed"]) {
        await stack.cms.edit(item, { status })
        expect(await contentOf(id)).toBeFalsy()
      }
      await stack.cms.edit(item, { status: "published" })
      expect(await contentOf(id)).toMatchObject({ story: "Not yet." })
    } finally {
      await stack.toMedusa.mend()
    }
  })

  test("that is reached from a product is left out", async () => {
    const { id, item } = await publish("Scarf")
    const { data: guide } = await cms<{ data: Row }>("/items/guides", "POST", { name: "Care", price: 3 })
    await stack.cms.edit(item, {
      guide: guide.id,
      quotes: { create: [{ text: "Warm!", status: "published" }, { text: "Itches." }], update: [], delete: [] },
      blocks: {
        create: [
          { collection: "block_texts", item: { text: "Soft." } },
          { collection: "block_steps", item: { step: "Unpublished." } },
        ],
        update: [],
        delete: [],
      },
    })
    const shown = await contentOf(id)
    expect(shown?.["guide"]).toBeNull()
    expect(shown?.["quotes"]).toEqual([expect.objectContaining({ text: "Warm!" })])
    expect(JSON.stringify(shown)).not.toMatch(/Itches|Unpublished/)
    expect(shown?.["blocks"]).toEqual([
      expect.objectContaining({
        collection: "block_texts",
        item: expect.objectContaining({ text: "Soft." }) as unknown,
      }),
      expect.objectContaining({ collection: "block_steps", item: null }),
    ])

    await cms(`/items/guides/${guide.id}`, "PATCH", { status: "published" })
    // Its price was not named.
    expect((await contentOf(id))?.["guide"]).toEqual({ name: "Care" })
  })

  test("is told to nobody who has the secret, whatever words the question names", async () => {
    const { id, item } = await publish("Shawl")
    const { data: guide } = await cms<{ data: Row }>("/items/guides", "POST", { name: "Secret guide", price: 3 })
    const texts = (["published", "live", "draft", "archived"] as const).map((status) => ({ text: status, status }))
    await stack.cms.edit(item, { guide: guide.id, quotes: { create: texts, update: [], delete: [] } })
    const told = async (published: string[]) => {
      const question = { v: 1, entity: "product", ids: [id], fields: ["guide.name", "quotes.text"], published }
      const body = JSON.stringify({ ...question, locale: null })
      const headers = sign(directionKey(stack.secret, "medusa", "content"), randomUUID(), new Date(), body)
      const answer = await fetch(`${stack.directus.url}/medusa-sync/content`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      })
      expect(answer.status).toBe(200)
      const { items } = (await answer.json()) as { items: Record<string, { guide: unknown; quotes: Row[] }> }
      return [items[id]?.guide, items[id]?.quotes.map(({ text }) => text)]
    }
    expect(await told(["draft", "archived", "live"])).toEqual([null, []])
    expect(await told(["published", "draft"])).toEqual([null, ["published"]])
    expect(await told(["*"])).toEqual([null, ["published"]])
    expect((await stack.directus.log()).match(/whose status MEDUSA_SYNC_PUBLISHED does not name/g)).toHaveLength(1)

    // The shop's own words are Directus's to say; Medusa may want less, and by default wants all.
    stack.writeCms({ MEDUSA_SYNC_PUBLISHED: "published,live" })
    await stack.directus.restart()
    expect(await told(["draft", "live"])).toEqual([null, ["live"]])
    await eventually("the store shows both", async () => {
      const quotes = (await contentOf(id))?.["quotes"] as Row[] | undefined
      expect(quotes?.map(({ text }) => text)).toEqual(["published", "live"])
    })
    stack.writeCms()
    await stack.directus.restart()
  })

  test("in a content version stays there", async () => {
    const { id, item } = await publish("Belt", { story: "As it is." })
    await cms("/collections/products", "PATCH", { meta: { versioning: true } })
    const version = { name: "Spring", key: "spring", collection: "products", item }
    const { data } = await cms<{ data: Row }>("/versions", "POST", version)
    await cms(`/versions/${data.id}/save`, "POST", { story: "As it will be." })
    expect(await contentOf(id)).toMatchObject({ story: "As it is." })
  })
})

test("texts are told in the visitor's language, and in the product's own where there is none", async () => {
  const { id } = await publish("Gloves", {
    story: "For cold days.",
    seo_title: "Gloves",
    translations: {
      create: [{ languages_code: "de", story: "Für kalte Tage.", seo_title: "", slogan: "Warm." }],
      update: [],
      delete: [],
    },
  })
  const german = { story: "Für kalte Tage.", seo_title: "Gloves", slogan: "Warm." }
  const own = { story: "For cold days.", seo_title: "Gloves", slogan: null }
  expect(await contentOf(id, { locale: "de-DE" })).toMatchObject(german)
  expect(await contentOf(id, {}, { "x-medusa-locale": "de-DE" })).toMatchObject(german)
  expect(await contentOf(id, { locale: "de-AT" })).toMatchObject(german)
  expect(await contentOf(id, { locale: "fr-FR" })).toMatchObject(own)
  expect(await contentOf(id)).toMatchObject(own)
})

describe("when Directus does not tell", () => {
  const log = () => readFileSync(stack.medusa.spec.logFile, "utf8")

  test("the store shows what it has, and the new text when Directus is back", async () => {
    const { id, item } = await publish("Boots", { story: "Before." })
    const unseen = await publish("Laces", { story: "Never asked for." })
    expect(await contentOf(id)).toMatchObject({ story: "Before." })
    await stack.settled()
    stack.toDirectus.blackhole()
    try {
      await contentOf(id)
      expect(await contentOf(id)).toMatchObject({ story: "Before." })
      expect((await store(`/products/${unseen.id}`, { fields: "title,*directus_product" }))["title"]).toBe("Laces")
      expect(log()).toContain("Directus does not tell the store the content of product records (no answer in time)")
      await stack.cms.edit(item, { story: "After." })
    } finally {
      await stack.toDirectus.mend()
    }
    await shows(id, "story", "After.")
    await shows(unseen.id, "story", "Never asked for.")
  })

  test("because the secrets differ, the store does without, and the log says what to do", async () => {
    const { id } = await publish("Umbrella", { story: "Signed." })
    expect(await contentOf(id)).toMatchObject({ story: "Signed." })
    await stack.settled()
    stack.writeShop({ secret: "another-secret-of-enough-characters" })
    await stack.medusa.stop()
    await stack.medusa.start()
    const shown = await eventually("the shop is up", () =>
      store(`/products/${id}`, { fields: "title,*directus_product" }),
    )
    expect(shown["title"]).toBe("Umbrella")
    expect(shown.directus_product).toBeFalsy()
    expect(log()).toMatch(
      /Directus refuses to tell the store the content of product records.+Give both sides the same secret/,
    )
  })
})
