import type { EventContext, SchemaOverview } from "@directus/types"
import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { storedKinds } from "../src/items/stored-kinds"
import { claim, newOwnWrite, runOwnWrite, writesFor } from "../src/own-write"
import type { CapturedIn } from "../src/capture/captured"
import { checkTyped } from "../src/capture/check-typed"
import { makeDependents } from "../src/capture/dependents"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({ type: true, tag: true })
const [ENGLISH, GERMAN, NO_LANGUAGE] = [uuid(1), uuid(2), uuid(3)]
let directus: FakeDirectus
let captured: CapturedIn
beforeEach(async () => {
  directus = await fakeDirectus(entities)
  captured = (schema: SchemaOverview | null) => {
    if (!schema) return null
    const kinds = storedKinds(schema, entities)
    const dependentsOf = makeDependents(schema, kinds, "sqlite3")
    return { dialect: "sqlite3", assets: directus.reader.assets, kinds, dependentsOf }
  }
  const { database } = directus
  await database.schema.createTable("directus_users", (table) => {
    table.string("id")
    table.string("language")
  })
  await database.schema.createTable("directus_settings", (table) => void table.string("default_language"))
  await database("directus_users").insert([
    { id: ENGLISH, language: "en-US" },
    { id: GERMAN, language: "de-DE" },
    { id: NO_LANGUAGE, language: null },
  ])
})
afterEach(() => directus.close())

const context = (user: string | null): EventContext => ({
  database: directus.database,
  schema: directus.schema,
  accountability: { user } as EventContext["accountability"],
})
const saved = (collection: string, payload: unknown, action: "create" | "update" = "create", user = ENGLISH) =>
  checkTyped(captured, action)(payload, { collection, keys: [uuid(9)] }, context(user))

describe("what is typed into an item is saved as it was typed", () => {
  it.each([
    ["products", { title: " Shirt ", subtitle: "", description: "  ", thumbnail: "https://cdn.example.com/a b.png" }],
    ["products", { handle: "Any Thing", tags: null, type: null, own: " x " }],
    ["product_variants", { prices: [{ currency_code: "EUR", amount: "14.50" }], archived: true }],
    ["product_variants", { prices: [{ currency_code: " eur ", amount: 0 }], options: [] }],
    ["product_variants", { prices: null }],
    ["product_variants", { prices: [] }],
    ["product_images", { url: "/static/shirt.png", alt: "" }],
    ["product_categories", { description: "", handle: null }],
    ["pages", { title: "" }],
  ])("in %s: %j", async (collection, item) => {
    expect(await saved(collection, item)).toEqual(item)
  })
})

describe("what means nothing is left out of it", () => {
  it.each([
    ["products", { handle: " ", thumbnail: "", type: "  " }, { handle: null, thumbnail: null, type: null }],
    ["products", { type: " Shirt ", tags: [" a", "a", "", " ", "b"] }, { type: "Shirt", tags: ["a", "b"] }],
    ["product_types", { value: " Shirt " }, { value: "Shirt" }],
    [
      "product_variants",
      { title: "", sku: "", barcode: " ", ean: "", upc: "" },
      { title: null, sku: null, barcode: null, ean: null, upc: null },
    ],
    ["product_variants", { archived: null }, { archived: false }],
    ["product_images", { url: " https://cdn.example.com/a.png " }, { url: "https://cdn.example.com/a.png" }],
  ])("in %s: %j", async (collection, item, shown) => {
    expect(await saved(collection, item)).toEqual(shown)
  })
})

describe("what the shop could never take is refused", () => {
  it.each([
    ["products", { title: "" }, "Title: This cannot be empty. Type a text."],
    ["products", { title: "  " }, "Title: This cannot be empty. Type a text."],
    ["product_categories", { name: " " }, "Name: This cannot be empty. Type a text."],
    ["product_collections", { title: "" }, "Title: This cannot be empty. Type a text."],
    ["product_tags", { value: " " }, "Name: This cannot be empty. Type a text."],
    [
      "product_variants",
      { prices: [{ currency_code: "eur", amount: "14,50" }] },
      "Prices: “14,50” is no amount. Write it with a point: 14.50.",
    ],
    [
      "product_variants",
      { prices: [{ currency_code: "eur", amount: "a lot" }] },
      "Prices: “a lot” is no amount. Write it with a point: 14.50.",
    ],
    [
      "product_variants",
      { prices: [{ currency_code: "eur", amount: -1 }] },
      "Prices: “-1” is no amount. Write it with a point: 14.50.",
    ],
    [
      "product_variants",
      { prices: [{ currency_code: "euro", amount: "1" }] },
      "Prices: “euro” is no currency. Use its three letters, such as eur.",
    ],
    [
      "product_variants",
      {
        prices: [
          { currency_code: "eur", amount: "1" },
          { currency_code: "EUR", amount: "2" },
        ],
      },
      "Prices: “eur” is there twice. Give each currency one price.",
    ],
    [
      "product_variants",
      { prices: [{ amount: "1" }] },
      "Prices: Each price needs an amount and a currency. Fill in both.",
    ],
    ["product_variants", { prices: "free" }, "Prices: Each price needs an amount and a currency. Fill in both."],
    [
      "product_images",
      { url: "javascript:alert(1)" },
      "Picture by address: “javascript:alert(1)” is no address of a picture. Begin it with https://.",
    ],
    [
      "product_images",
      { url: "not a url" },
      "Picture by address: “not a url” is no address of a picture. Begin it with https://.",
    ],
  ])("in %s: %j", async (collection, item, reason) => {
    await expect(saved(collection, item)).rejects.toMatchObject({
      message: reason,
      code: "INVALID_PAYLOAD",
      status: 400,
    })
    await expect(saved(collection, item, "update")).rejects.toMatchObject({ message: reason })
  })

  it("a handle is taken from nothing that has one", async () => {
    const reason = "Handle: This cannot be empty. Type a text."
    await expect(saved("products", { handle: " " }, "update")).rejects.toMatchObject({ message: reason })
  })

  it("in the language of whoever typed it, or else in the project's", async () => {
    const item = { prices: [{ currency_code: "eur", amount: "1234,5" }] }
    const german = "Preise: „1234,5“ ist kein Betrag. Schreiben Sie ihn mit Punkt: 1234.5."
    await expect(saved("product_variants", item, "create", GERMAN)).rejects.toMatchObject({ message: german })
    await expect(saved("product_variants", item, "create", NO_LANGUAGE)).rejects.toMatchObject({ message: /^Prices/ })
    await directus.database("directus_settings").insert({ default_language: "de-AT" })
    await expect(saved("product_variants", item, "create", NO_LANGUAGE)).rejects.toMatchObject({ message: german })
    for (const item of [{ title: "" }, { thumbnail: "x" }])
      await expect(saved("products", item, "create", GERMAN)).rejects.toMatchObject({ message: /\. \p{Lu}/u })
  })
})

it("what the sync writes is the shop's, and stays as it is", async () => {
  const own = newOwnWrite()
  const item = { id: uuid(9), title: "", tags: [" x "], thumbnail: "anything" }
  claim(own, "products", [uuid(9)])
  writesFor(own, directus.database)
  await runOwnWrite(own, async () => {
    expect(await saved("products", item)).toEqual(item)
    expect(await saved("products", item, "update")).toEqual(item)
  })
  await expect(saved("products", item)).rejects.toMatchObject({ message: /empty/ })
})
