import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync } from "../before-sync.ts"
import { makeRecords, shirtItem, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
const { admin, cms, change, drop } = makeRecords(() => stack)
const PRODUCTS = 8
let old: string
let oldCollection: string

beforeAll(async () => {
  stack = await Stack.start("on_sale", {
    directusEnv: { MEDUSA_SYNC_SWEEP: "0" },
    mapping: { product: { deletes: { directus: "ignore" } } },
  })
  await beforeSync(stack, async () => {
    const { data } = await cms<{ data: Row }>("/items/product_categories", "POST", { name: "Old", handle: "old" })
    old = data.id
    const { data: second } = await cms<{ data: Row }>("/items/product_collections", "POST", {
      title: "Old",
      handle: "old",
    })
    oldCollection = second.id
    for (let n = 0; n < PRODUCTS; n++)
      await stack.cms.create({
        ...shirtItem(n),
        status: "published",
        ...(n === 6 ? { categories: [{ product_categories_id: old }] } : {}),
        ...(n === 7 ? { collection: oldCollection } : {}),
      })
  })
})
afterAll(() => stack?.stop())

const pausing = async (work: () => Promise<unknown>): Promise<void> => {
  await cms("/medusa-sync/pause", "POST", {})
  await work()
  await cms("/medusa-sync/resume", "POST", {})
}
const ended = () =>
  eventually(
    "the backfill is done",
    async () => {
      const progress = await stack.cms.backfill()
      expect(progress.state).toBe("done")
      return progress
    },
    { within: 60_000 },
  )
const itemBy = async (handle: string) => (await stack.cms.find({ handle }))[0]?.id ?? ""
const statusOf = async (handle: string) => (await stack.shop.find({ handle }))[0]?.status

test.each([
  ["category", 6],
  ["collection", 7],
] as const)(
  "an old %s that is deleted in Directus before any backfill puts no product of it on sale",
  async (kind, n) => {
    await drop(
      kind === "category" ? "product_categories" : "product_collections",
      kind === "category" ? old : oldCollection,
    )
    await stack.settled()
    expect(await statusOf(`shirt-${String(n)}`)).not.toBe("published")
  },
)

test("an old item is on sale when an editor says its status, be it the one that it has", async () => {
  await change("products", await itemBy("shirt-5"), { status: "published" })
  await stack.settled()
  expect(await statusOf("shirt-5")).toBe("published")
})

test("a text that an editor corrects while a backfill is under way puts nothing on sale", async () => {
  await pausing(async () => {
    await stack.cms.backfill({ action: "start" })
    await change("products", await itemBy("shirt-0"), { subtitle: "corrected" })
  })
  await ended()
  await stack.settled()
  expect([await statusOf("shirt-0"), await statusOf("shirt-1")]).toEqual(["draft", "draft"])
})

test("a backfill that publishes releases also what an editor types in meanwhile", async () => {
  await pausing(async () => {
    await change("products", await itemBy("shirt-2"), { subtitle: "typed" })
    await stack.cms.backfill({ action: "start", publish: true, kinds: ["product"] })
  })
  expect(await ended()).toMatchObject({ shop: { unreleased: 0 } })
  await stack.settled()
  expect([await statusOf("shirt-1"), await statusOf("shirt-2")]).toEqual(["published", "published"])
})

test("a product that the shop has deleted and Directus ignores comes back as a draft, and on sale by the backfill that publishes", async () => {
  const [product] = await stack.shop.find({ handle: "shirt-1" })
  await admin(`/products/${product?.id ?? ""}`, undefined, "DELETE")
  await stack.settled()
  expect(await statusOf("shirt-1")).toBeUndefined()
  await stack.cms.backfill({ action: "start" })
  await ended()
  await stack.settled()
  expect(await statusOf("shirt-1")).toBe("draft")
  await stack.cms.backfill({ action: "start", publish: true })
  expect(await ended()).toMatchObject({ shop: { unreleased: 0 } })
  expect(await statusOf("shirt-1")).toBe("published")
})

test("a product that an editor makes is on sale", async () => {
  await stack.cms.create({ title: "New", handle: "new", status: "published" })
  await stack.settled()
  expect(await statusOf("new")).toBe("published")
})
