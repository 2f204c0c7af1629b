import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { migrateMedusa, repositoryRoot } from "../../scripts/stack/index.ts"
import { eventually } from "../eventually.ts"
import { directusEnvOf, layExample } from "../stack/projects.ts"
import { Stack } from "../stack/stack.ts"

// examples/custom-fields as it is, laid over a store; docs/extending.md shows its parts.
const example = "custom-fields"
const channels = { online: "sc_online", wholesale: "sc_wholesale" }

let stack: Stack
beforeAll(async () => {
  stack = await Stack.make(example, { directusEnv: directusEnvOf(example) })
  for (const [name, id] of Object.entries(channels))
    await stack.sqlMedusa("insert into sales_channel (id, name) values ($1, $2)", [id, name])
  layExample(example, stack.dir, {
    DIRECTUS_URL: stack.toDirectus.url,
    MEDUSA_SYNC_SECRET: stack.secret,
    SYNC_SALES_CHANNEL: channels.online,
    STOREFRONT_URL: "https://shop.example.com",
    STORE_CORS: "*",
    ADMIN_CORS: "*",
    AUTH_CORS: "*",
    JWT_SECRET: "test-jwt-secret",
    COOKIE_SECRET: "test-cookie-secret",
    DISABLE_MEDUSA_ADMIN: "true",
  })
  const { env, logFile } = stack.medusa.spec
  await migrateMedusa({ appDir: join(stack.dir, "medusa"), env, logFile })
  // A product that is made in Directus joins this one.
  await stack.sqlMedusa("update store set default_sales_channel_id = $1", [channels.online])
  await stack.start()
})
afterAll(() => stack?.stop())

type Row = Record<string, unknown> & { id: string }
type NewProduct = Parameters<Stack["shop"]["create"]>[0] & Record<string, unknown>

const make = (title: string, more: Record<string, unknown> = {}): Promise<string> =>
  stack.shop.create({ title, sales_channels: [{ id: channels.online }], ...more } as NewProduct)

const titled = (title: string) => stack.cms.find({ title })

const itemOf = (id: string) =>
  eventually(`${id} is in Directus`, async () => {
    const [item] = await stack.cms.find({ medusa_id: id })
    if (!item) throw new Error("there is no such item yet")
    return item
  })

const brands = async (): Promise<Row[]> => (await stack.cms.fetchJson<{ data: Row[] }>("/items/brands?limit=-1")).data

const brandRow = async (name: string): Promise<Row | undefined> =>
  (await stack.sqlMedusa("select * from brand where name = $1 and deleted_at is null", [name]))[0] as Row | undefined

test("a field of Directus is a key of Medusa's metadata, both ways, and other keys stay", async () => {
  const id = await make("With care", { metadata: { care: "Wash cold", erp: { sku: 7 } } })
  const item = await itemOf(id)
  expect(item).toMatchObject({ care_text: "Wash cold", warranty_months: null })
  await stack.cms.edit(item.id, { care_text: "By hand", warranty_months: 24 })
  await eventually("both are in the metadata", async () =>
    expect((await stack.shop.read(id)).metadata).toEqual({ care: "By hand", warranty_months: 24, erp: { sku: 7 } }),
  )
})

test("a computed field shows what the function makes of the product, and is put back when it is edited", async () => {
  const id = await make("Computed", { handle: "computed" })
  const { id: itemId, shop_url: url } = await itemOf(id)
  expect(url).toBe("https://shop.example.com/products/computed")
  await stack.shop.edit(id, { handle: "computed-anew" })
  const shows = (handle: string) =>
    eventually("it follows the product", async () =>
      expect(await stack.cms.read(itemId)).toMatchObject({ shop_url: `https://shop.example.com/products/${handle}` }),
    )
  await shows("computed-anew")
  await stack.settled()
  await stack.cms.edit(itemId, { shop_url: "https://elsewhere.example.com" })
  await shows("computed-anew")
})

test("gift cards and products of other sales channels stay in Medusa; one that joins the channel arrives", async () => {
  await make("A gift card", { is_giftcard: true })
  const id = await make("For resellers", { sales_channels: [{ id: channels.wholesale }] })
  await itemOf(await make("Made after them"))
  await stack.settled()
  expect(await titled("A gift card")).toEqual([])
  expect(await titled("For resellers")).toEqual([])
  await stack.shop.sdk.admin.salesChannel.batchProducts(channels.online, { add: [id] })
  await itemOf(id)
})

test("a product that leaves its sales channel is archived in Directus, and is the same item when it comes back", async () => {
  const id = await make("For a season", { status: "published" })
  const { id: itemId } = await itemOf(id)
  await stack.settled()
  const shows = (status: string) =>
    eventually(`it is ${status}`, async () => expect(await stack.cms.read(itemId)).toMatchObject({ status }))
  await stack.shop.sdk.admin.salesChannel.batchProducts(channels.online, { remove: [id] })
  await shows("archived")
  await stack.shop.sdk.admin.salesChannel.batchProducts(channels.online, { add: [id] })
  await shows("published")
  await stack.settled()
  expect(await titled("For a season")).toMatchObject([{ id: itemId, medusa_id: id }])
})

test("a product of Directus that Medusa's filter would leave out is not made, stays as it is and says why", async () => {
  const byDefault = (channel: string) => stack.sqlMedusa("update store set default_sales_channel_id = $1", [channel])
  await byDefault(channels.wholesale)
  const itemId = await stack.cms.create({ title: "Nowhere", handle: "nowhere", status: "published" })
  await eventually("Directus knows why", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [itemId])
    expect(link?.["reason"]).toMatch(/^rejected_by_host: A filter in Medusa leaves it out/)
  })
  expect(await stack.shop.find({ handle: "nowhere" })).toEqual([])
  expect(await stack.cms.read(itemId)).toMatchObject({ status: "published" })
  await byDefault(channels.online)
  await stack.cms.edit(itemId, { subtitle: "edited once" })
  await eventually("it is in Medusa", async () =>
    expect(await stack.shop.find({ handle: "nowhere" })).toMatchObject([{ subtitle: "edited once" }]),
  )
  expect(await stack.cms.read(itemId)).toMatchObject({ status: "published" })
})

test("a product that the filter in Directus refuses stays there until it lets it go", async () => {
  const itemId = await stack.cms.create({ title: "Not yet", handle: "not-yet", tags: ["internal"] })
  const otherId = await stack.cms.create({ title: "Made after it", handle: "made-after-it" })
  await eventually("the other one is in Medusa", async () =>
    expect(await stack.shop.links({ peer_id: otherId })).toHaveLength(1),
  )
  expect(await stack.shop.find({ handle: "not-yet" })).toEqual([])
  await stack.cms.edit(itemId, { tags: [] })
  await eventually("it is in Medusa", async () => expect(await stack.shop.find({ handle: "not-yet" })).toHaveLength(1))
})

test("a brand of the shop's own module is an item of the collection brands", async () => {
  const { brand } = await stack.shop.sdk.client.fetch<{ brand: Row }>("/admin/brands", {
    method: "POST",
    body: { name: "Nordlicht", story: "Two sisters.", founded: 1998 },
  })
  const item = await eventually("the brand is in Directus", async () => {
    const found = (await brands()).find(({ medusa_id: id }) => id === brand.id)
    if (!found) throw new Error("there is no such brand yet")
    return found
  })
  expect(item).toMatchObject({ name: "Nordlicht", our_story: "Two sisters.", founded: 1998 })

  await stack.cms.fetchJson(`/items/brands/${item.id}`, {
    method: "PATCH",
    body: JSON.stringify({ our_story: "Two sisters and a loom." }),
  })
  await eventually("the story is in Medusa", async () =>
    expect(await brandRow("Nordlicht")).toMatchObject({ id: brand.id, story: "Two sisters and a loom." }),
  )
})

test("a brand that is made in Directus is one of Medusa's, and an edit by SQL comes back", async () => {
  const { data: item } = await stack.cms.fetchJson<{ data: Row }>("/items/brands", {
    method: "POST",
    body: JSON.stringify({ name: "Südwind", founded: 2011 }),
  })
  const row = await eventually("the brand is in Medusa", async () => {
    const found = await brandRow("Südwind")
    if (!found) throw new Error("there is no such brand yet")
    return found
  })
  expect(row).toMatchObject({ founded: 2011, story: null })
  await stack.settled()
  await stack.sqlMedusa("update brand set founded = 2012 where id = $1", [row.id])
  await eventually("the year is in Directus", async () =>
    expect((await brands()).filter(({ name }) => name === "Südwind")).toMatchObject([{ id: item.id, founded: 2012 }]),
  )
})

const folder = join(repositoryRoot, "examples", example)

test("the example has no type errors", () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc")
  execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" })
})

test("docs/extending.md shows what the example says", () => {
  const page = readFileSync(join(repositoryRoot, "docs", "extending.md"), "utf8")
  const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text = ""]) => ({ language, text }))
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(ts|mjs|example)$/.test(name),
  )
  const known = new Set(names.flatMap((name) => lines(readFileSync(join(folder, name), "utf8"))))
  const mapping = JSON.parse(readFileSync(join(folder, "medusa", "sync-mapping.json"), "utf8")) as object
  for (const { language, text } of blocks)
    if (language === "json") expect(mapping).toMatchObject(JSON.parse(text) as object)
    else expect(lines(text).filter((line) => !known.has(line))).toEqual([])
})

/** Without comments, which the page has of its own. */
const lines = (text: string): string[] =>
  text.split("\n").flatMap((line) => {
    const [code = ""] = line.split(/(?:^|\s)\/\/ /)
    return code.trim() ? [code.trim()] : []
  })
