import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { readRecipes } from "../../scripts/docs/read-recipes.ts"
import { migrateMedusa } from "../../scripts/stack/index.ts"
import { eventually } from "../eventually.ts"
import { layExample } from "../stack/projects.ts"
import { Stack } from "../stack/stack.ts"

// Recipes of docs/cookbook.md as they stand there, put together into one mapping and one store.
const recipes = readRecipes()
const together = [
  "A text that only Directus may edit",
  "Keys of `metadata` as fields",
  "Values that Medusa computes",
  "Statuses in your own words",
  "Leave kinds out, turn others on",
  "An entity of your own",
]

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value)

/** One object of several. What two of them say differently would hide one. */
function laidOver(base: Tree, more: Tree): Tree {
  const added = Object.entries(more).map(([key, value]) => {
    const known = base[key]
    if (isTree(known) && isTree(value)) return [key, laidOver(known, value)]
    // `"category": false` leaves out whatever another recipe says of the kind.
    return [key, value]
  })
  return { ...base, ...Object.fromEntries(added) } as Tree
}

function recipe(name: string) {
  const found = recipes.get(name)
  if (!found) throw new Error(`docs/cookbook.md has no recipe "${name}".`)
  return found
}

const mapping = together.map((name) => recipe(name).mapping ?? {}).reduce(laidOver, {})
const [byPath] = recipe("One mapping for both sides").env

let stack: Stack
beforeAll(async () => {
  stack = await Stack.make("cookbook", { directusEnv: { ...byPath } })
  layExample("custom-fields", stack.dir, {
    DIRECTUS_URL: stack.toDirectus.url,
    MEDUSA_SYNC_SECRET: stack.secret,
    STORE_CORS: "*",
    ADMIN_CORS: "*",
    AUTH_CORS: "*",
    JWT_SECRET: "test-jwt-secret",
    COOKIE_SECRET: "test-cookie-secret",
    DISABLE_MEDUSA_ADMIN: "true",
  })
  const shop = join(stack.dir, "medusa")
  mkdirSync(shop, { recursive: true })
  writeFileSync(join(shop, "sync-mapping.json"), JSON.stringify(mapping))
  writeFileSync(join(shop, "compute.ts"), recipe("Values that Medusa computes").code[0] ?? "")
  writeFileSync(join(shop, "filter.ts"), recipe("Only what is published").code[0] ?? "")
  writeFileSync(
    join(shop, "directus-sync.ts"),
    [
      'import { compute } from "./compute"',
      'import { filter } from "./filter"',
      'import mapping from "./sync-mapping.json"',
      "export const directusSync = { mapping, compute, filter }",
      "",
    ].join("\n"),
  )
  const { env, logFile } = stack.medusa.spec
  await migrateMedusa({ appDir: shop, env, logFile })
  await stack.start()
})
afterAll(() => stack?.stop())

type NewProduct = Parameters<Stack["shop"]["create"]>[0]

const make = (title: string, more: Tree = {}): Promise<string> =>
  stack.shop.create({ title, status: "published", ...more } as NewProduct)

const itemOf = (id: string) =>
  eventually(`${id} is in Directus`, async () => {
    const [item] = await stack.cms.find({ medusa_id: id })
    if (!item) throw new Error("there is no such item yet")
    return item
  })

test("a published product arrives with its metadata, its computed texts and the shop's own word", async () => {
  const id = await make("Linen Shirt", {
    subtitle: "Airy",
    metadata: { care: "Wash cold", warranty_months: 24 },
    variants: [{ title: "M", options: { Size: "M" }, prices: [{ currency_code: "eur", amount: 19.5 }] }],
  })
  expect(await itemOf(id)).toMatchObject({
    care_text: "Wash cold",
    warranty_months: 24,
    search_text: "linen shirt airy",
    status: "live",
  })
  await eventually("the variant shows its price as a text", async () => {
    const { data } = await stack.cms.fetchJson<{ data: Tree[] }>("/items/product_variants?fields=title,price_text")
    expect(data).toEqual([{ title: "M", price_text: "€19.50" }])
  })
})

test("a text that only Directus may edit is put back in Medusa", async () => {
  const id = await make("Described")
  const { id: item } = await itemOf(id)
  await stack.cms.edit(item, { description: "of the editor" })
  const shows = () =>
    eventually("Medusa has the editor's text", async () =>
      expect((await stack.shop.read(id)).description).toBe("of the editor"),
    )
  await shows()
  await stack.settled()
  await stack.shop.edit(id, { description: "of the shop" })
  await eventually("what was typed is kept", async () =>
    expect((await stack.conflicts()).filter(({ losingValue }) => losingValue === "of the shop")).toMatchObject([
      { kind: "read_only", field: "description" },
    ]),
  )
  await shows()
})

test("a draft stays in Medusa, and one that is taken back to draft is shown as gone until it is published again", async () => {
  await make("Only a draft", { status: "draft" })
  const id = await make("For a season")
  const { id: item } = await itemOf(id)
  await stack.settled()
  expect(await stack.cms.find({ title: "Only a draft" })).toEqual([])
  const shows = (status: string) =>
    eventually(`it is ${status}`, async () => expect(await stack.cms.read(item)).toMatchObject({ status }))
  await stack.shop.edit(id, { status: "draft" })
  await shows("gone")
  await stack.shop.edit(id, { status: "published" })
  await shows("live")
})

test("kinds that are left out have no collection, and those that are turned on or of the shop's own have one", async () => {
  const { data } = await stack.cms.fetchJson<{ data: { collection: string; meta: unknown }[] }>("/collections")
  // Tables that Directus does not manage, such as the sync's own, are listed without meta.
  const managed = data.flatMap(({ collection, meta }) => (meta === null ? [] : [collection]))
  const names = managed.filter((name) => !name.startsWith("directus_"))
  expect(names.sort()).toEqual([
    "article_types",
    "brands",
    "product_collections",
    "product_tags",
    "product_variants",
    "products",
  ])
})
