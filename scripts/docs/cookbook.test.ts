import { expect, it } from "vitest"
import ts from "typescript"
import { resolveConfig } from "../../packages/core/src/mapping/config.ts"
import type { EntityDefinition } from "../../packages/core/src/mapping/entity.ts"
import { fromDocument, toDocument } from "../../packages/core/src/mapping/mapper.ts"
import { Pair } from "../../packages/core/test/pair.ts"
import { asJavaScript, readRecipes, type Recipe } from "./read-recipes.ts"
import { checkTypes } from "./check-types.ts"

const recipes = readRecipes()
const SHIRT = { title: "Shirt", handle: "shirt", status: "published" }

function recipe(name: string): Recipe {
  const found = recipes.get(name)
  if (!found) throw new Error(`docs/cookbook.md has no recipe "${name}".`)
  return found
}

const configOf = (name: string) => resolveConfig(recipe(name).mapping)

function kindIn(name: string, kind: string): EntityDefinition {
  const entity = configOf(name).entities.get(kind)
  if (!entity) throw new Error(`The recipe "${name}" has no ${kind}.`)
  return entity
}

/** A product that both hosts have, under a recipe. */
async function synced(name: string, product: Record<string, string> = {}) {
  const pair = new Pair(configOf(name))
  const id = pair.medusa.create("product", { ...SHIRT, ...product })
  await pair.settle()
  return { pair, id, item: pair.peer("medusa", id) }
}

const inboxOf = (pair: Pair) => [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]

async function load(code: string): Promise<Record<string, unknown>> {
  const script = asJavaScript(code, ts.ModuleKind.ESNext)
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(script)}`)) as Record<
    string,
    unknown
  >
}

const mappings = [...recipes].filter(([, { mapping }]) => mapping !== null)

it("the cookbook has at least ten mappings", () => {
  expect(mappings.length).toBeGreaterThanOrEqual(10)
})

it.each(mappings)("the mapping of %j is taken, and is another one than the defaults", (name) => {
  expect(configOf(name).hash).not.toBe(resolveConfig().hash)
})

it("the functions of the recipes are of the types that the plugin asks for", () => {
  const code = [...recipes.values()].flatMap((each) => each.code.filter((text) => text.includes("import type")))
  expect(code).toHaveLength(2)
  expect(checkTypes(code)).toEqual([])
}, 60_000)

it("one mapping for both sides: a file and a variable, the same on both", async () => {
  const { code, env } = recipe("One mapping for both sides")
  expect(env[0]).toEqual({ MEDUSA_SYNC_MAPPING: "../medusa/sync-mapping.json" })
  const inline = /^json:(.+)$/.exec(env[1]?.["MEDUSA_SYNC_MAPPING"] ?? "")?.[1]
  expect(() => resolveConfig(JSON.parse(inline ?? ""))).not.toThrow()
  expect(code[0]).toContain('resolve: "medusa-plugin-directus"')
})

it("your own collection: its names are read and written, and what it has no place for does not travel", () => {
  const product = kindIn("Your own collection and field names", "product")
  expect(product).toMatchObject({ collection: "accessories", externalId: null })
  const item = { productTitle: "Belt", productDesc: "Leather", slug: "belt" }
  expect(toDocument(product, "directus", item)).toMatchObject({ title: "Belt", description: "Leather", handle: "belt" })
  expect(fromDocument(product, "directus", { title: "Belt", handle: "belt" })).toEqual({
    productTitle: "Belt",
    slug: "belt",
  })
  expect(product.fields.has("subtitle")).toBe(false)
})

it("a text that only Directus may edit is put back in Medusa, and what was typed is kept", async () => {
  const { pair, id, item } = await synced("A text that only Directus may edit", { description: "from the start" })
  expect(pair.row("directus", item)).toMatchObject({ description: "from the start" })
  pair.directus.edit("product", item, { description: "of the editor" })
  await pair.settle()
  pair.medusa.edit("product", id, { description: "of the shop" })
  await pair.settle()
  for (const row of [pair.row("medusa", id), pair.row("directus", item)])
    expect(row).toMatchObject({ description: "of the editor" })
  expect(inboxOf(pair)).toMatchObject([{ kind: "read_only", losingValue: "of the shop" }])
})

it("a field that only Medusa may edit is put back in Directus", async () => {
  const { pair, id, item } = await synced("A field that only Medusa may edit", { material: "wool", weight: "200" })
  pair.directus.edit("product", item, { material: "plastic", weight: "1" })
  await pair.settle()
  for (const row of [pair.row("medusa", id), pair.row("directus", item)])
    expect(row).toMatchObject({ material: "wool", weight: "200" })
  expect(inboxOf(pair).map(({ kind }) => kind)).toEqual(["read_only", "read_only"])
})

it("who wins: Directus's text stands where both edited at once, Medusa's status does, and both losers are kept", async () => {
  const { pair, id, item } = await synced("Who wins when both edit at once")
  pair.medusa.edit("product", id, { title: "Medusa's", status: "draft" })
  pair.directus.edit("product", item, { title: "Directus's", status: "rejected" })
  await pair.settle()
  for (const row of [pair.row("medusa", id), pair.row("directus", item)])
    expect(row).toMatchObject({ title: "Directus's", status: "draft" })
  const lost = new Map(inboxOf(pair).map(({ field, losingValue }) => [field, losingValue]))
  expect([...lost]).toEqual(expect.arrayContaining([["title", "Medusa's"], ["status", "rejected"]])) // prettier-ignore
})

it("deletes: Directus deletes with Medusa; what Directus deletes stays in Medusa and ends", async () => {
  const there = await synced("What a delete does on the other side")
  there.pair.medusa.remove("product", there.id)
  await there.pair.settle()
  expect(there.pair.row("directus", there.item)).toBeUndefined()

  const { pair, id, item } = await synced("What a delete does on the other side")
  pair.directus.remove("product", item)
  await pair.settle()
  expect(pair.row("medusa", id)).toMatchObject(SHIRT)
  pair.medusa.edit("product", id, { title: "Sold here only" })
  await pair.settle()
  expect(pair.directus.table("product").rows.size).toBe(0)
})

it("deletes: a collection stays in Directus, and is the same one when it comes back", async () => {
  const pair = new Pair(configOf("What a delete does on the other side"))
  const id = pair.medusa.create("collection", { title: "Summer", handle: "summer" })
  await pair.settle()
  const [item] = [...pair.directus.table("collection").rows.keys()]
  pair.medusa.remove("collection", id)
  await pair.settle()
  expect([...pair.directus.table("collection").rows.keys()]).toEqual([item])
  pair.medusa.restore("collection", id)
  pair.medusa.edit("collection", id, { title: "Summer again" })
  await pair.settle()
  expect([...pair.directus.table("collection").rows]).toMatchObject([[item, { title: "Summer again" }]])
})

it("keys of metadata are fields of their own types, and the rest of the metadata is not touched", () => {
  const product = kindIn("Keys of `metadata` as fields", "product")
  const row = { metadata: { care: "Wash cold", warranty_months: 24, erp: 7 } }
  const document = toDocument(product, "medusa", row)
  expect(fromDocument(product, "directus", document)).toMatchObject({ care_text: "Wash cold", warranty_months: 24 })
  expect(fromDocument(product, "medusa", { metadata_care: "By hand" })).toEqual({ metadata: { care: "By hand" } })
  expect(product.fields.get("metadata_eco")).toMatchObject({ owner: "directus", type: "boolean" })
  expect(kindIn("Keys of `metadata` as fields", "category").fields.get("metadata_banner")).toMatchObject({
    directus: "banner_url",
  })
})

it("computed values: each that the mapping shows is made by a function, and it makes what the page says", async () => {
  const name = "Values that Medusa computes"
  const [code = ""] = recipe(name).code
  const { compute } = (await load(code)) as { compute: Record<string, Record<string, (record: unknown) => unknown>> }
  for (const [kind, { computed }] of Object.entries(recipe(name).mapping as Record<string, { computed: object }>))
    expect(Object.keys(compute[kind] ?? {})).toEqual(Object.keys(computed))
  const product = { title: "Linen Shirt", subtitle: null, tags: ["Summer"] }
  expect(compute["product"]?.["search_text"]?.(product)).toBe("linen shirt summer")
  const price = compute["variant"]?.["price_text"]
  expect(price?.({ prices: [{ currency_code: "eur", amount: "19.5" }] })).toBe("€19.50")
  expect(price?.({ prices: [{ currency_code: "usd", amount: "19.5" }] })).toBeNull()
  expect(kindIn(name, "product").fields.get("computed_search_text")).toMatchObject({ owner: "medusa" })
})

it("only what is published passes the filter", async () => {
  const [code = ""] = recipe("Only what is published").code
  const { filter } = (await load(code)) as { filter: { product: (product: unknown) => boolean } }
  expect(["published", "draft"].map((status) => filter.product({ status }))).toEqual([true, false])
})

it("statuses in your own words are written and read back, and the others stay as they are", () => {
  const product = kindIn("Statuses in your own words", "product")
  const written = (status: string) => fromDocument(product, "directus", { status })["status"]
  const words = ["draft", "proposed", "published", "rejected", "archived"]
  expect(words.map(written)).toEqual(["in_work", "proposed", "live", "rejected", "gone"])
  for (const word of words) expect(toDocument(product, "directus", { status: written(word) })["status"]).toBe(word)
  expect(fromDocument(product, "medusa", { status: "published" })).toEqual({ status: "published" })
})

it("texts in two languages travel one by one", async () => {
  const { pair, id, item } = await synced("Texts in two languages", { "translations#de-DE/title": "Hemd" })
  pair.medusa.edit("product", id, { "translations#de-DE/title": "Leinenhemd" })
  pair.directus.edit("product", item, { "translations#fr-FR/title": "Chemise" })
  await pair.settle()
  for (const row of [pair.row("medusa", id), pair.row("directus", item)])
    expect(row).toMatchObject({ "translations#de-DE/title": "Leinenhemd", "translations#fr-FR/title": "Chemise" })
  expect(inboxOf(pair)).toEqual([])
})

it("kinds that are left out are gone with the references to them, and tags and types are records", () => {
  const { entities } = configOf("Leave kinds out, turn others on")
  expect([...entities.keys()].sort()).toEqual(["collection", "product", "tag", "type", "variant"])
  expect(entities.get("product")?.fields.has("categories")).toBe(false)
  expect(entities.get("product")?.fields.has("tags")).toBe(true)
  expect(entities.get("type")?.collection).toBe("article_types")
})

it("prices: an edit in Directus arrives in Medusa, and Medusa's in Directus; the stock stays Medusa's", async () => {
  const pair = new Pair(configOf("Let Directus edit prices"))
  const product = pair.medusa.create("product", SHIRT)
  const prices = (amount: string) => [{ amount, currency_code: "eur" }]
  const id = pair.medusa.create("variant", { product, title: "M", sku: "m", prices: prices("10"), stock: "5" })
  await pair.settle()
  const rowsOf = () => [pair.medusa, pair.directus].map((host) => [...host.table("variant").rows.values()])
  const [item = ""] = [...pair.directus.table("variant").rows.keys()]
  pair.directus.edit("variant", item, { prices: prices("12"), stock: "9" })
  await pair.settle()
  for (const rows of rowsOf()) expect(rows).toMatchObject([{ prices: prices("12"), stock: "5" }])
  pair.medusa.edit("variant", id, { prices: prices("15") })
  await pair.settle()
  for (const rows of rowsOf()) expect(rows).toMatchObject([{ prices: prices("15"), stock: "5" }])
})

it("an entity of your own travels like any other", async () => {
  const pair = new Pair(configOf("An entity of your own"))
  pair.medusa.create("brand", { name: "Nordlicht", founded: "1998" })
  pair.directus.create("brand", { name: "Nordlicht", story: "Two sisters." })
  await pair.settle()
  for (const host of [pair.medusa, pair.directus])
    expect([...host.table("brand").rows.values()]).toMatchObject([
      { name: "Nordlicht", founded: "1998", story: "Two sisters." },
    ])
})
