import { afterAll, beforeAll, expect, test } from "vitest"
import { makeCommandLine } from "../clients/command-line.ts"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** A collection of the agency's own, with less than the mapping names; the docs say how it is completed. */
const mapping = {
  product: { collection: "goods", externalId: null },
  variant: false,
  image: false,
  category: false,
  collection: false,
}
let stack: Stack
const { admin, cms, items } = makeRecords(() => stack)
const PRODUCTS = 60

beforeAll(async () => {
  stack = await Stack.make("added_columns", {
    mapping,
    collection: "goods",
    directusEnv: { MEDUSA_SYNC_SWEEP: "1000" },
    plugin: { sweepInterval: 0 },
  })
  stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
  await stack.directus.start()
  const text = (field: string) => ({ field, type: "string", schema: { is_nullable: true }, meta: {} })
  await cms("/collections", "POST", {
    collection: "goods",
    schema: {},
    meta: {},
    fields: [
      { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
      text("title"),
      text("handle"),
      text("cover"),
    ],
  })
  await stack.directus.stop()
  stack.writeCms()
  await stack.start()
  const products = Array.from({ length: PRODUCTS }, (_, n) => ({
    title: `Good ${String(n)}`,
    handle: `good-${String(n)}`,
    description: `Written in the shop ${String(n)}`,
    thumbnail: `https://cdn.example.com/${String(n)}.png`,
    status: n % 10 === 0 ? "draft" : "published",
    options: [{ title: "Size", values: ["One"] }],
  }))
  await admin("/products/batch", { create: products })
  await eventually("all are in Directus", async () => expect(await items("goods", {})).toHaveLength(PRODUCTS))
  await stack.settled()
})
afterAll(() => stack?.stop())

/** Directus reads its columns at its start; another mapping both hosts read at theirs. */
const restart = async (changed: Record<string, unknown> = mapping): Promise<void> => {
  const servers = stack.options.mapping === changed ? [stack.directus] : [stack.medusa, stack.directus]
  stack.options.mapping = changed
  await Promise.all(servers.map((server) => server.stop()))
  stack.writeShop()
  stack.writeCms()
  await Promise.all(servers.map((server) => server.start()))
}

const inShop = (column: string): Promise<Row[]> =>
  stack.sqlMedusa(`select ${column} as value, count(*)::int as n from product group by 1 order by 1`) as Promise<Row[]>

const sweep = (): Promise<void> =>
  eventually("a sweep has asked, and all is told", async () => {
    await stack.settled()
    const open = await stack.sqlDirectus("select count(*)::int as n from medusa_sync_link where places is null")
    expect(open).toEqual([{ n: 0 }])
  })

test("a status column that is added with Directus's own default takes the shop's, and unpublishes nothing", async () => {
  const before = await inShop("status")
  await cms("/fields/goods", "POST", {
    field: "status",
    type: "string",
    schema: { default_value: "draft", is_nullable: false },
    meta: { interface: "select-dropdown" },
  })
  await restart()
  await sweep()
  expect(await inShop("status")).toEqual(before)
  const shown = (await items("goods", {})).map(({ status }) => status)
  expect(shown.filter((status) => status === "published")).toHaveLength(54)
  expect(await stack.conflicts()).toEqual([])
})

test("until a sweep has asked about a new column, nothing is called in sync, and who asks for it gets it", async () => {
  const { run, json } = makeCommandLine(() => stack)
  const [good] = await items("goods", { handle: { _eq: "good-5" } })
  const item = String(good?.id)
  const [product] = await stack.sqlMedusa("select id from product where handle = 'good-5'")
  const id = String(product?.["id"])
  await admin(`/products/${id}`, { subtitle: "Soft" })
  await stack.settled()
  await stack.directus.stop()
  stack.writeCms({ MEDUSA_SYNC_SWEEP: "86400000" })
  await stack.directus.start()
  await cms("/fields/goods", "POST", { field: "subtitle", type: "string", schema: { is_nullable: true }, meta: {} })
  await stack.directus.stop()
  await stack.directus.start()
  type State = { state: string; cause: string; heldBy?: string; reason?: string }
  const here = async (): Promise<State> =>
    (await cms<{ data: State }>(`/medusa-sync/state?collection=goods&item=${item}`)).data
  const there = async () =>
    (await admin<{ state: { verdict: string; sides: { cause: string } } }>(`/directus/states/product/${id}`)).state
  expect(await here()).toMatchObject({
    ...{ state: "waiting", cause: "record", heldBy: "new_place" },
    reason: "not compared with the other side yet: subtitle",
  })
  expect(await there()).toMatchObject({ verdict: "waiting", sides: { cause: "peer" } })
  const list = { collection: "goods", items: [item] }
  expect(await cms("/medusa-sync/states", "POST", list)).toEqual({
    data: { [item]: { state: "waiting", cause: "record" } },
  })
  const { data: health } = await cms<{ data: { problems: { code: string; facts: object }[] } }>("/medusa-sync/health")
  expect(health.problems.filter(({ code }) => code === "new_places")).toMatchObject([
    { facts: { count: PRODUCTS, fields: "product.subtitle" } },
  ])
  expect((await run(["status", "--side", "directus"])).stdout).toContain("product.subtitle")

  // One by itself, as its page does it, and all others by the command line.
  await cms("/medusa-sync/send", "POST", list)
  await eventually("its value is there, and it is in sync", async () => {
    expect(await items("goods", { id: { _eq: item } })).toMatchObject([{ subtitle: "Soft" }])
    expect(await here()).toMatchObject({ state: "synced" })
    expect(await there()).toMatchObject({ verdict: "synced" })
  })
  const look = await json<Record<string, { count: number; drifts: object[] }>>(["diff"])
  expect(look).toMatchObject({ code: 1, document: { medusa: { count: 0 }, directus: { count: PRODUCTS - 1 } } })
  expect(look.document["directus"]?.drifts[0]).toMatchObject({ kind: "apart", fields: ["subtitle"] })
  expect(await run(["diff", "--repair"])).toMatchObject({ code: 0 })
  await stack.settled()
  expect(await run(["diff"])).toMatchObject({ code: 0 })
  const after = await cms<{ data: { problems: { code: string }[] } }>("/medusa-sync/health")
  expect(after.data.problems.map(({ code }) => code)).not.toContain("new_places")
})

test("a text column takes the shop's texts, and what an editor typed first is decided by the mapping, with the loser kept", async () => {
  await stack.directus.stop()
  stack.writeCms({ MEDUSA_SYNC_SWEEP: "0" })
  await stack.directus.start()
  await cms("/fields/goods", "POST", { field: "description", type: "text", schema: { is_nullable: true }, meta: {} })
  await stack.directus.stop()
  await stack.directus.start()
  const [first] = await items("goods", { handle: { _eq: "good-1" } })
  await cms(`/items/goods/${String(first?.id)}`, "PATCH", { description: "Typed before the sweep" })
  await stack.settled()
  await restart()
  await eventually("the texts are in Directus", async () => {
    const texts = (await items("goods", {})).map(({ description }) => description)
    expect(texts.every((text) => String(text).startsWith("Written in the shop"))).toBe(true)
  })
  await stack.settled()
  expect((await inShop("left(description, 8)")).map(({ n }) => n)).toEqual([PRODUCTS])
  expect(
    (await stack.conflicts()).map(({ field, losingSide, losingValue }) => [field, losingSide, losingValue]),
  ).toEqual([["description", "directus", "Typed before the sweep"]])
})

test("a field that is mapped to another column brings its values there", async () => {
  await cms("/fields/goods", "POST", { field: "cover_url", type: "string", schema: { is_nullable: true }, meta: {} })
  for (const column of ["cover", "cover_url"]) {
    await restart({ ...mapping, product: { ...mapping.product, fields: { thumbnail: column } } })
    await eventually(`the addresses are in ${column}`, async () => {
      const shown = (await items("goods", {})).map((row) => row[column])
      expect(shown.every((address) => String(address).startsWith("https://cdn.example.com/"))).toBe(true)
    })
    await stack.settled()
  }
  expect((await inShop("left(thumbnail, 8)")).map(({ n }) => n)).toEqual([PRODUCTS])
})

test("a column that is dropped takes nothing from the shop", async () => {
  await cms("/fields/goods/description", "DELETE")
  await restart({ ...mapping, product: { ...mapping.product, fields: { thumbnail: "cover_url" } } })
  const [first] = await items("goods", { handle: { _eq: "good-2" } })
  await cms(`/items/goods/${String(first?.id)}`, "PATCH", { title: "Edited after it" })
  await admin(
    `/products/${String((await stack.sqlMedusa("select id from product where handle = 'good-3'"))[0]?.["id"])}`,
    {
      title: "Edited in the shop",
    },
  )
  await eventually("both edits are there", async () => {
    expect((await items("goods", { handle: { _eq: "good-3" } }))[0]).toMatchObject({ title: "Edited in the shop" })
    expect(await stack.sqlMedusa("select title from product where handle = 'good-2'")).toEqual([
      { title: "Edited after it" },
    ])
  })
  await stack.settled()
  expect((await inShop("left(description, 8)")).map(({ n }) => n)).toEqual([PRODUCTS])
})

test("many records that plain SQL has changed are a question before the other side gets them", async () => {
  await stack.sqlDirectus("update goods set title = title || ' by SQL'")
  await eventually("the sync asks", async () =>
    expect(await stack.cms.status()).toMatchObject({ paused: { code: "mass_change" } }),
  )
  expect((await inShop("title like '%by SQL'")).map(({ value }) => value)).toEqual([false])
  await cms("/medusa-sync/resume", "POST", {})
  await eventually("they are in the shop", async () =>
    expect((await inShop("title like '%by SQL'")).map(({ value }) => value)).toEqual([true]),
  )
})
