import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync } from "../before-sync.ts"
import { makeContent } from "../clients/content.ts"
import { shirtItem } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** Of twenty products twelve are published, and of those four have no price. */
const PRODUCTS = 20
const PUBLISHED = 12
const WITHOUT_PRICE = 4

let stack: Stack
const { salesChannel, visible } = makeContent(() => stack)

beforeAll(async () => {
  stack = await Stack.start("release", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await beforeSync(stack, async () => {
    await stack.shop.create({ title: "Twin of the shop", handle: "twin", status: "draft" })
    await stack.cms.create({ title: "Twin of Directus", handle: "twin", status: "draft" })
    for (let n = 0; n < PRODUCTS; n++)
      await stack.cms.create({
        ...shirtItem(n, n < WITHOUT_PRICE ? null : "10"),
        status: n < PUBLISHED ? "published" : "draft",
      })
  })
})
afterAll(() => stack?.stop())

const statuses = async (side: "sqlMedusa" | "sqlDirectus"): Promise<Record<string, number>> => {
  const [where, table] = side === "sqlMedusa" ? ["where deleted_at is null", "product"] : ["", "products"]
  const rows = await stack[side](`select status, count(*)::int as n from ${table} ${where} group by 1 order by 1`)
  return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]))
}

const ended = (what: string) =>
  eventually(
    what,
    async () => {
      const progress = await stack.cms.backfill()
      if (progress.state !== "done") throw new Error(JSON.stringify(progress))
      return progress
    },
    { within: 120_000 },
  )

test("twenty products of Directus are told of as they are, arrive as drafts, and are on sale when that is asked for", async () => {
  const channel = await salesChannel()
  const [named] = await stack.sqlMedusa("select name from sales_channel where id = $1", [channel])
  const channels = [String(named?.["name"])]
  const preview = await stack.cms.preview()
  expect(preview).toMatchObject({
    create: 2 * PRODUCTS,
    stopped: 0,
    losses: {
      count: 1,
      fields: [{ entity: "product", field: "title", side: "directus", count: 1 }],
      sample: [{ entity: "product", field: "title", loses: "Twin of Directus", wins: "Twin of the shop" }],
    },
    showing: { published: PUBLISHED, withoutPrice: WITHOUT_PRICE, turned: 0, variants: 0, channels },
  })

  await stack.cms.backfill({ action: "start" })
  expect(await ended("the backfill is done")).toMatchObject({
    publish: false,
    shop: { shown: 0, unreleased: PUBLISHED, withoutPrice: WITHOUT_PRICE, channels },
  })
  await stack.settled()
  expect(await visible()).toEqual([])
  const there = { draft: PRODUCTS - PUBLISHED + 1, published: PUBLISHED }
  expect([await statuses("sqlMedusa"), await statuses("sqlDirectus")]).toEqual([{ draft: PRODUCTS + 1 }, there])

  // Neither side takes it for an edit, nor for something that has to be put right.
  for (const client of [stack.shop, stack.cms]) {
    expect(await client.drift()).toMatchObject({ count: 0 })
    expect(await client.repair({ all: true })).toBe(0)
    await client.compare()
  }
  await stack.settled()
  expect([await statuses("sqlMedusa"), await statuses("sqlDirectus")]).toEqual([{ draft: PRODUCTS + 1 }, there])
  const [made] = await stack.shop.find({ handle: "shirt-0" })
  await stack.shop.edit(made?.id ?? "", { subtitle: "Typed in the shop" })
  const [item] = await stack.cms.find({ handle: "shirt-1" })
  await stack.cms.edit(item?.id ?? "", { subtitle: "Typed in Directus" })
  await stack.settled()
  expect([await statuses("sqlMedusa"), await statuses("sqlDirectus")]).toEqual([{ draft: PRODUCTS + 1 }, there])

  // The shop's people release one of them.
  await stack.shop.edit(made?.id ?? "", { status: "published" })
  await stack.settled()
  expect(await visible()).toEqual(["shirt-0"])

  await stack.cms.backfill({ action: "start", publish: true })
  const released = await ended("the releasing is done")
  expect(released).toMatchObject({ publish: true, shop: { unreleased: 0, channels } })
  // One was released by hand a moment ago.
  expect([PUBLISHED, PUBLISHED - 1]).toContain(released.shop?.shown)
  await stack.settled()
  expect(await visible()).toHaveLength(PUBLISHED)
  expect([await statuses("sqlMedusa"), await statuses("sqlDirectus")]).toEqual([there, there])
  expect(await stack.cms.conflicts()).toEqual([])
  expect(await stack.shop.conflicts()).toMatchObject([{ field: "title", losingValue: "Twin of Directus" }])

  // In daily work a product is made as its editor says.
  await stack.cms.create({ title: "Daily", handle: "daily", status: "published" })
  await stack.settled()
  expect(await visible()).toContain("daily")
}, 300_000)
