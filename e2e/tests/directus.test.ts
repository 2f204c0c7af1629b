import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { directusServer, findFreePort, stopAll } from "../../scripts/stack/index.ts"
import { makeCms } from "../clients/cms.ts"
import { eventually } from "../eventually.ts"
import { PictureServer } from "../picture-server.ts"
import { directusToken } from "../stack/places.ts"
import { useSqlite } from "../stack/sqlite.ts"
import { Stack } from "../stack/stack.ts"

afterAll(() => stopAll())

const field = (name: string, type = "string") => ({ field: name, type, schema: { is_nullable: true }, meta: {} })

describe("a collection that was there before, with names of its own", () => {
  const off = Object.fromEntries(
    [
      "subtitle",
      "status",
      "thumbnail",
      "material",
      "weight",
      "length",
      "height",
      "width",
      "hs_code",
      "mid_code",
      "origin_country",
      "discountable",
      "collection",
      "categories",
      "type",
      "tags",
      "options",
    ].map((name) => [name, false]),
  )
  const mapping = {
    product: {
      collection: "accessories",
      fields: { title: "productTitle", description: "productDesc", handle: "slug", ...off },
      deletes: { medusa: "propagate", directus: "propagate" },
    },
  }
  let stack: Stack
  let before: string
  beforeAll(async () => {
    stack = await Stack.make("accessories", { mapping, collection: "accessories" })
    stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
    await stack.directus.start()
    await stack.cms.fetchJson("/collections", {
      method: "POST",
      body: JSON.stringify({
        collection: "accessories",
        schema: {},
        meta: { accountability: "all" },
        fields: [
          { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
          field("productTitle"),
          field("productDesc", "text"),
          field("slug"),
          field("shelf"),
        ],
      }),
    })
    before = await stack.cms.create({ productTitle: "Old accessory", slug: "old-accessory", shelf: "A3" })
    await stack.directus.stop()
    stack.writeCms()
    await stack.start()
  })
  afterAll(() => stack?.stop())

  test("is used as it is, is not altered, and what it lacks is named in the log", async () => {
    const { data } = await stack.cms.fetchJson<{ data: { field: string }[] }>("/fields/accessories")
    expect(data.map((each) => each.field)).toEqual(["id", "productTitle", "productDesc", "slug", "shelf"])
    expect(await stack.directus.log()).toMatch(/accessories .*not altered.*medusa_id/)
    expect(await stack.cms.status()).toMatchObject({ running: true, leftOut: [] })
  })

  test("carries the mapped fields both ways", async () => {
    const id = await stack.shop.create({
      title: "Belt",
      handle: "belt",
      description: "leather",
      subtitle: "stays here",
    })
    const item = await stack.itemOf(id)
    expect(await stack.cms.read(item)).toMatchObject({
      productTitle: "Belt",
      productDesc: "leather",
      slug: "belt",
      shelf: null,
    })
    await stack.cms.edit(item, { productTitle: "Long belt", slug: "long-belt", shelf: "B1" })
    await eventually("the edit arrives in Medusa", async () =>
      expect(await stack.shop.read(id)).toMatchObject({
        title: "Long belt",
        handle: "long-belt",
        subtitle: "stays here",
      }),
    )
    await stack.settled()
    expect((await stack.cms.read(item))["shelf"]).toBe("B1")
  })

  test("an item that was there before goes to Medusa when somebody edits it", async () => {
    await stack.cms.edit(before, { productDesc: "edited" })
    await eventually("Medusa has it", async () =>
      expect(await stack.shop.find({ handle: "old-accessory" })).toMatchObject([
        { title: "Old accessory", description: "edited" },
      ]),
    )
  })

  test("with deletes: propagate, a delete on one side deletes on the other", async () => {
    const ids = [
      await stack.shop.create({ title: "Gone in Medusa", handle: "gone-m" }),
      await stack.shop.create({ title: "Gone in Directus", handle: "gone-d" }),
    ] as const
    const items = [await stack.itemOf(ids[0]), await stack.itemOf(ids[1])] as const
    await stack.settled()
    await stack.shop.remove(ids[0])
    await stack.cms.remove(items[1])
    await eventually("both are gone on both sides", async () => {
      expect(await stack.cms.find({ slug: "gone-m" })).toEqual([])
      expect(await stack.shop.find({ handle: "gone-d" })).toEqual([])
    })
    await stack.settled()
  })
})

describe("every way of writing in Directus is captured", () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.make("capture")
    await stack.start()
  })
  afterAll(() => stack?.stop())

  const arrives = (handle: string, title: string) =>
    eventually(`${handle} arrives in Medusa`, async () =>
      expect(await stack.shop.find({ handle })).toMatchObject([{ title }]),
    )
  const json = (method: string, body: unknown) => ({ method, body: JSON.stringify(body) })

  test("REST: arrays, by keys and by query", async () => {
    const { cms } = stack
    const { data } = await cms.fetchJson<{ data: { id: string; handle: string }[] }>(
      "/items/products",
      json(
        "POST",
        [1, 2, 3, 4].map((i) => ({ title: `Array ${i}`, handle: `array-${i}` })),
      ),
    )
    for (const i of [1, 2, 3, 4]) await arrives(`array-${i}`, `Array ${i}`)
    const [a, b, c, d] = [1, 2, 3, 4].map((i) => data.find(({ handle }) => handle === `array-${i}`)?.id)
    await cms.fetchJson(
      "/items/products",
      json("PATCH", [
        { id: a, title: "Batch 1" },
        { id: b, title: "Batch 2" },
      ]),
    )
    await cms.fetchJson("/items/products", json("PATCH", { keys: [c], data: { title: "By keys" } }))
    await cms.fetchJson(
      "/items/products",
      json("PATCH", { query: { filter: { id: { _eq: d } } }, data: { title: "By query" } }),
    )
    await arrives("array-1", "Batch 1")
    await arrives("array-2", "Batch 2")
    await arrives("array-3", "By keys")
    await arrives("array-4", "By query")
    await stack.settled()
  })

  test("GraphQL: create, update and a batch", async () => {
    const { cms } = stack
    const graphql = async (query: string) => {
      const answer = await cms.fetchJson<{ data: Record<string, unknown>; errors?: unknown[] }>(
        "/graphql",
        json("POST", { query }),
      )
      expect(answer.errors).toBeUndefined()
      return answer.data
    }
    const made = (await graphql(`
      mutation {
        create_products_items(data: [{ title: "G 1", handle: "g-1" }, { title: "G 2", handle: "g-2" }]) {
          id
          handle
        }
      }
    `)) as { create_products_items: { id: string; handle: string }[] }
    await arrives("g-1", "G 1")
    await arrives("g-2", "G 2")
    const [first, second] = ["g-1", "g-2"].map(
      (name) => made.create_products_items.find(({ handle }) => handle === name)?.id,
    )
    await graphql(`mutation { update_products_item(id: "${first}", data: { title: "G 1 edited" }) { id } }`)
    await graphql(`mutation { update_products_batch(data: [{ id: "${second}", title: "G 2 edited" }]) { id } }`)
    await arrives("g-1", "G 1 edited")
    await arrives("g-2", "G 2 edited")
    await stack.settled()
  })

  test("a CSV import", async () => {
    const form = new FormData()
    form.set("file", new Blob(["title,handle\nCsv 1,csv-1\nCsv 2,csv-2\n"], { type: "text/csv" }), "products.csv")
    const response = await fetch(`${stack.directus.url}/utils/import/products`, {
      method: "POST",
      headers: { authorization: `Bearer ${directusToken}` },
      body: form,
    })
    expect(response.status).toBeLessThan(300)
    await arrives("csv-1", "Csv 1")
    await arrives("csv-2", "Csv 2")
    await stack.settled()
  })

  test("an edit whose mark PostgreSQL refuses is saved, and told later", async () => {
    const { cms } = stack
    const id = await cms.create({ title: "Before", handle: "refused-mark" })
    await arrives("refused-mark", "Before")
    await stack.settled()
    await stack.sqlDirectus("alter table medusa_sync_mark rename to away")
    await cms.edit(id, { title: "Saved all the same" })
    await stack.sqlDirectus("alter table away rename to medusa_sync_mark")
    const [row] = await stack.sqlDirectus("select title from products where id = $1", [id])
    expect(row).toEqual({ title: "Saved all the same" })
    await cms.create({ title: "The next edit", handle: "after-refused-mark" })
    await arrives("refused-mark", "Saved all the same")
    await stack.settled()
  })

  test("a commit that PostgreSQL refuses is an error of the editor's, and the next one is captured", async () => {
    const { cms } = stack
    const id = await cms.create({ title: "Before", handle: "refused-commit" })
    await arrives("refused-commit", "Before")
    await stack.settled()
    await stack.sqlDirectus(
      "alter table products add constraint only_one_hs_code unique (hs_code) deferrable initially deferred",
    )
    await cms.create({ title: "First", handle: "first-of-code", hs_code: "6109" })
    await expect(cms.edit(id, { title: "Not saved", hs_code: "6109" })).rejects.toThrow()
    await cms.edit(id, { title: "Saved" })
    await arrives("refused-commit", "Saved")
    await stack.settled()
    expect(await stack.shop.find({ handle: "refused-commit" })).toMatchObject([{ title: "Saved", hs_code: null }])
  })

  test("a Flow, also one that answers an apply", async () => {
    const { cms } = stack
    const flow = await cms.fetchJson<{ data: { id: string } }>(
      "/flows",
      json("POST", {
        name: "Fill in the material",
        trigger: "event",
        status: "active",
        accountability: "all",
        options: { type: "action", scope: ["items.create"], collections: ["products"] },
      }),
    )
    const operation = await cms.fetchJson<{ data: { id: string } }>(
      "/operations",
      json("POST", {
        flow: flow.data.id,
        key: "fill",
        name: "Fill",
        type: "item-update",
        position_x: 1,
        position_y: 1,
        options: {
          collection: "products",
          permissions: "$full",
          emitEvents: true,
          key: ["{{$trigger.key}}"],
          payload: { material: "by a Flow" },
        },
      }),
    )
    await cms.fetchJson(`/flows/${flow.data.id}`, json("PATCH", { operation: operation.data.id }))
    const id = await stack.shop.create({ title: "For the Flow", handle: "for-the-flow" })
    await eventually("the Flow's value arrives in Medusa", async () =>
      expect((await stack.shop.read(id)).material).toBe("by a Flow"),
    )
    await stack.settled()
    await cms.fetchJson(`/flows/${flow.data.id}`, { method: "DELETE" })
  })
})

test("two Directus instances that start at once make the schema once, and share the work", async () => {
  const stack = await Stack.make("two")
  const port = await findFreePort()
  const twin = directusServer({
    projectDir: join(stack.dir, "directus"),
    env: stack.directusEnv(),
    logFile: join(stack.dir, "twin", "directus.log"),
    port,
  })
  try {
    await Promise.all([stack.medusa.start(), stack.directus.start(), twin.start()])
    const second = makeCms(twin.url, directusToken)
    await eventually("both instances run the sync", async () => {
      for (const cms of [stack.cms, second])
        expect(await cms.status()).toMatchObject({ running: true, paused: null, leftOut: [] })
      expect((await stack.cms.status()) as object).toMatchObject({ peerEpoch: expect.any(String) as string })
    })
    const count = async (text: string) => Number((await stack.sqlDirectus(text))[0]?.["n"])
    expect(await count("select count(*) n from directus_collections where collection = 'products'")).toBe(1)
    expect(
      await count("select count(*) - count(distinct field) n from directus_fields where collection = 'products'"),
    ).toBe(0)
    expect(await count("select count(*) n from medusa_sync_control")).toBe(1)
    for (const log of [await stack.directus.log(), await twin.log()])
      // Directus 12 reports to its maker whatever TELEMETRY says, and a test machine may have no way out.
      expect(log.split("\n").filter((line) => /"level":(50|60)/.test(line) && !line.includes("telemetry"))).toEqual([])

    const id = await stack.shop.create({ title: "For two", handle: "for-two" })
    const item = await stack.itemOf(id)
    stack.toMedusa.forget()
    for (let i = 0; i < 5; i++) {
      await stack.cms.edit(item, { title: `first ${i}` })
      await second.edit(item, { material: `second ${i}` })
    }
    await eventually("the edits of both instances arrive", async () =>
      expect(await stack.shop.read(id)).toMatchObject({ title: "first 4", material: "second 4" }),
    )
    await stack.settled()
    expect(stack.toMedusa.sent(item).length).toBeLessThanOrEqual(10)
    expect(await stack.conflicts()).toEqual([])
  } finally {
    await twin.stop()
    await stack.stop()
  }
})

test("Directus on SQLite: create, edit and delete go both ways, and pictures of one content become one file", async () => {
  const stack = await Stack.make("sqlite")
  const pictures = await PictureServer.start()
  try {
    await useSqlite(stack, { MEDUSA_SYNC_IMAGES: "import", IMPORT_IP_DENY_LIST: "169.254.169.254" })
    await stack.start()
    const id = await stack.shop.create({
      title: "Lite",
      handle: "lite",
      weight: 1.5,
      discountable: false,
      status: "published",
    })
    const item = await stack.itemOf(id)
    expect(await stack.cms.read(item)).toMatchObject({
      title: "Lite",
      handle: "lite",
      weight: 1.5,
      discountable: false,
    })
    await stack.cms.edit(item, { title: "Lite, edited", weight: 2.25, discountable: true })
    await eventually("the edit arrives in Medusa", async () =>
      expect(await stack.shop.read(id)).toMatchObject({ title: "Lite, edited", weight: 2.25, discountable: true }),
    )
    const created = await stack.cms.create({ title: "Made on SQLite", handle: "made-on-sqlite" })
    await eventually("the new item arrives in Medusa", async () =>
      expect(await stack.shop.find({ handle: "made-on-sqlite" })).toHaveLength(1),
    )
    await stack.shop.remove(id)
    await eventually("it is archived", async () => expect((await stack.cms.read(item))["status"]).toBe("archived"))
    await stack.cms.edit(created, { status: "published" })
    await stack.settled()
    await stack.cms.remove(created)
    await eventually("it is a draft", async () =>
      expect(await stack.shop.find({ handle: "made-on-sqlite" })).toMatchObject([{ status: "draft" }]),
    )
    await stack.settled()
    const shown: string[] = []
    for (const name of ["one.png", "two.png"]) {
      const thumbnail = pictures.put(name, "of one content")
      const { id: pictured } = await stack.cms.read(
        await stack.itemOf(await stack.shop.create({ title: name, handle: name.replace(".", "-"), thumbnail })),
      )
      shown.push(
        await eventually("it shows a file beside the address", async () => {
          const { thumbnail: address, thumbnail_file } = await stack.cms.read(pictured)
          expect([address, typeof thumbnail_file]).toEqual([thumbnail, "string"])
          return String(thumbnail_file)
        }),
      )
    }
    expect(shown[1]).toBe(shown[0])
    expect((await stack.cms.fetchJson<{ data: unknown[] }>("/files")).data).toHaveLength(1)
    await stack.settled()
    // Nothing comes back.
    stack.toDirectus.forget()
    stack.toMedusa.forget()
    const last = await stack.shop.create({ title: "Last", handle: "last" })
    await stack.itemOf(last)
    await stack.settled()
    expect(stack.toDirectus.pushes.length + stack.toMedusa.pushes.length).toBe(1)
  } finally {
    await stack.stop()
    await pictures.close()
  }
})
