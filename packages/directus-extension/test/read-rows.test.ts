import { resolveConfig } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readRows } from "../src/items/read-rows"
import { storedKinds, type StoredKind } from "../src/items/stored-kinds"
import { fakeDirectus, PUBLIC_URL, schemaOf, NOTHING_THERE, uuid, type FakeDirectus } from "./fake-directus"
import { planCollections } from "../src/schema/plan-collections"

const { entities } = resolveConfig({})
let directus: FakeDirectus
beforeAll(async () => {
  directus = await fakeDirectus(entities)
  const { database } = directus
  await database("directus_files").insert({ id: uuid(90) })
  await database("product_categories").insert([
    { id: uuid(10), name: "A" },
    { id: uuid(11), name: "B" },
  ])
  await database("products").insert([
    { id: uuid(1), title: "One", thumbnail: "https://cdn.example.com/a.jpg", tags: '["x"]', collection: uuid(5) },
    { id: uuid(2), title: "Two", thumbnail: "ignored", thumbnail_file: uuid(90) },
  ])
  await database("products_product_categories").insert([
    { id: uuid(30), products_id: uuid(1), product_categories_id: uuid(11) },
    { id: uuid(31), products_id: uuid(1), product_categories_id: uuid(10) },
    { id: uuid(32), products_id: uuid(2), product_categories_id: null },
  ])
  await database("product_variants").insert([
    {
      id: uuid(20),
      product: uuid(1),
      title: "S",
      sku: "s",
      options: '[{"name":"Size","value":"S"}]',
      prices: '[{"amount":"1.5","currency_code":"eur"}]',
      archived: 0,
    },
    { id: uuid(21), product: uuid(2), title: "M", archived: 1 },
  ])
})
afterAll(() => directus.close())

const kind = (name: string): StoredKind => {
  const found = directus.reader.kinds.find(name)
  if (!found) throw new Error(`no kind ${name}`)
  return found
}
const read = async (name: string, id: number, filters?: Map<string, (row: Record<string, unknown>) => boolean>) =>
  (await readRows({ ...directus.reader, ...(filters ? { filters } : {}) }, kind(name), [uuid(id)])).get(uuid(id))

describe("what the database holds becomes a document", () => {
  it("a many-to-one is a local id, each member of a many-to-many a field", async () => {
    expect(await read("product", 1)).toMatchObject({
      title: "One",
      collection: uuid(5),
      [`categories#${uuid(10)}`]: true,
      [`categories#${uuid(11)}`]: true,
      "tags#x": true,
      thumbnail: "https://cdn.example.com/a.jpg",
    })
  })

  it("a row of the junction that was taken off one end is nothing, and a file goes before an address", async () => {
    const document = await read("product", 2)
    expect(Object.keys(document ?? {}).filter((name) => name.startsWith("categories#"))).toEqual([])
    expect(document?.["thumbnail"]).toBe(`${PUBLIC_URL}/assets/${uuid(90)}`)
  })

  it("a list of names and values is a field for each name; an archive mark that is off is no value", async () => {
    const document = await read("variant", 20)
    expect(document).toMatchObject({
      product: uuid(1),
      "options#Size": "S",
      prices: [{ amount: "1.5", currency_code: "eur" }],
    })
    expect(document?.["archived"] ?? null).toBeNull()
    expect((await read("variant", 21))?.["archived"]).toBe(true)
  })

  it("what a filter of the shop's vetoes is not there, and neither are its parts", async () => {
    const filters = new Map([["product", (row: Record<string, unknown>) => row["title"] !== "One"]])
    expect(await read("product", 1, filters)).toBeUndefined()
    expect(await read("variant", 20, filters)).toBeUndefined()
    expect(await read("product", 2, filters)).toBeDefined()
    expect(await read("variant", 21, filters)).toBeDefined()
  })
})

describe("a collection that cannot hold a field", () => {
  it("a many-to-one to another collection, or no many-to-many, is named as what it is", () => {
    const plan = planCollections(entities, NOTHING_THERE)
    const schema = schemaOf(plan)
    const relations = schema.relations.filter(({ field }) => field !== "products_id" && field !== "product")
    const kinds = storedKinds({ ...schema, relations }, entities)
    expect(kinds.find("product")?.stored.fields.has("categories")).toBe(false)
    expect(kinds.find("variant")?.stored.fields.has("product")).toBe(false)
    expect(kinds.partsOf("product")).toEqual([])
  })
})
