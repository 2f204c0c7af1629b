import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { makeTranslations } from "../clients/translations.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

const { admin, cms, itemOf } = makeRecords(() => stack)
const { stored, translate } = makeTranslations(() => stack)

let stack: Stack
let product: string
let item: string
let category: string
beforeAll(async () => {
  // Medusa's module is on, and the mapping names no language yet.
  stack = await Stack.start("translations_later", { translations: true, plugin: { sweepInterval: 1000 } })
  product = await stack.shop.create({ title: "Shirt", handle: "shirt", material: "Wool" })
  const { product_category } = await admin<{ product_category: Row }>("/product-categories", { name: "Shirts" })
  category = product_category.id
  await translate("product", product, "de-DE", { title: "Hemd" })
  await translate("product", product, "fr-FR", { title: "Chemise" })
  await translate("product_category", category, "de-DE", { name: "Hemden" })
  item = await itemOf("products", product)
  await itemOf("product_categories", category)
  await stack.settled()
})
afterAll(() => stack?.stop())

const titles = async (): Promise<Record<string, unknown>> => {
  const { data } = await cms<{ data: Row[] }>(`/items/products_translations?filter[products_id][_eq]=${item}`)
  return Object.fromEntries(data.map((row) => [String(row["languages_code"]), row["title"]]))
}

/** As the documentation tells: the same mapping on both sides, and a restart of each. */
async function name(locales: Record<string, string>) {
  stack.options.mapping = { translations: { locales } }
  await Promise.all([stack.medusa.stop(), stack.directus.stop()])
  stack.writeShop()
  stack.writeCms()
  await stack.start()
}

test("a language of the mapping brings the collections and what Medusa has in it, without an edit", async () => {
  await name({ "de-DE": "de" })
  await eventually("the German title is in Directus", async () => expect(await titles()).toEqual({ de: "Hemd" }))
  const categoryItem = await itemOf("product_categories", category)
  await eventually("the category's German name is in Directus", async () => {
    const path = `/items/product_categories_translations?filter[product_categories_id][_eq]=${categoryItem}`
    expect((await cms<{ data: Row[] }>(path)).data).toMatchObject([{ languages_code: "de", name: "Hemden" }])
  })
  expect(await stack.shop.status()).toMatchObject({ translations: { unmapped: ["fr-FR"] } })
})

test("the form shows the texts below its own section, and a copy takes them along", async () => {
  const { data: field } = await cms<{ data: { meta: Record<string, unknown> } }>("/fields/products/translations")
  expect(field.meta).toMatchObject({ interface: "translations", group: "section_translations", hidden: false })
  const { data: collection } = await cms<{ data: { meta: { item_duplication_fields: string[] | null } } }>(
    "/collections/products",
  )
  expect(collection.meta.item_duplication_fields).toEqual(
    expect.arrayContaining(["title", "translations.title", "translations.languages_code"]),
  )
})

test("another language later brings what Medusa has in it, and leaves the first one as it is", async () => {
  await eventually("the German title is in Directus", async () => expect(await titles()).toEqual({ de: "Hemd" }))
  await name({ "de-DE": "de", "fr-FR": "fr" })
  await eventually("both are in Directus", async () => expect(await titles()).toEqual({ de: "Hemd", fr: "Chemise" }))
  await stack.settled()
  expect(await stored(product)).toEqual({ "de-DE": { title: "Hemd" }, "fr-FR": { title: "Chemise" } })
  expect(await stack.conflicts()).toEqual([])
})
