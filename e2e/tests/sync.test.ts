import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Product } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** `care` is a key of Medusa's metadata that travels as a field of its own. */
const mapping = { product: { metadata: { care: "care" } } }

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("sync", { mapping })
})
afterAll(() => stack?.stop())

let serial = 0
const unique = (word: string) => `${word}-${++serial}`

/** A product that both sides have. */
async function pair(fields: Partial<Product> = {}): Promise<{ id: string; item: string }> {
  const name = unique("pair")
  const id = await stack.shop.create({ title: name, handle: name, ...fields })
  const item = await stack.itemOf(id)
  await stack.settled()
  return { id, item }
}

const shows = (id: string, fields: Partial<Product>) =>
  eventually(`Medusa's ${id} shows ${Object.keys(fields).join(", ")}`, async () =>
    expect(await stack.shop.read(id)).toMatchObject(fields),
  )

const holds = (item: string, fields: Record<string, unknown>) =>
  eventually(`Directus's ${item} holds ${Object.keys(fields).join(", ")}`, async () =>
    expect(await stack.cms.read(item)).toMatchObject(fields),
  )

/** The product that Medusa made for an item. */
async function productOf(item: string): Promise<string> {
  return eventually(`${item} has a product`, async () => {
    const [link] = await stack.shop.links({ peer_id: item })
    if (!link) throw new Error("no link in Medusa yet")
    return link.local_id
  })
}

const everything = (word: string) => ({
  title: `${word} title`,
  subtitle: `${word} subtitle`,
  description: `${word} description`,
  handle: `${word}-handle`,
  status: "published",
  thumbnail: `https://cdn.example.com/${word}.png`,
  material: `${word} material`,
  weight: 12.5,
  length: 30,
  height: 4.25,
  width: 0.5,
  hs_code: "6109.10",
  mid_code: "MID-1",
  origin_country: "de",
  discountable: false,
})

describe("a product that is created, edited or deleted on one side", () => {
  test("arrives in Directus with every scalar field and the chosen metadata key", async () => {
    const fields = everything(unique("m"))
    const id = await stack.shop.create({ ...fields, metadata: { care: "wash cold", secret_margin: 3 } })
    const item = await stack.itemOf(id)
    const stored = await stack.cms.read(item)
    expect(stored).toMatchObject({ ...fields, care: "wash cold", medusa_id: id })
    expect(Object.keys(stored)).not.toContain("secret_margin")

    const edited = {
      ...everything(unique("m2")),
      status: "draft",
      weight: 13,
      discountable: true,
      origin_country: "fr",
    }
    await stack.shop.edit(id, { ...edited, metadata: { care: "wash warm" } })
    await holds(item, { ...edited, care: "wash warm" })
  })

  test("arrives in Medusa with every scalar field and the chosen metadata key", async () => {
    const fields = everything(unique("d"))
    const item = await stack.cms.create({ ...fields, care: "iron" })
    const id = await productOf(item)
    expect(await stack.shop.read(id)).toMatchObject({ ...fields, metadata: { care: "iron" } })
    await holds(item, { medusa_id: id })

    // The shop's own metadata is none of Directus's business and survives its edits.
    await stack.shop.edit(id, { metadata: { secret_margin: 3 } })
    const edited = { ...everything(unique("d2")), status: "draft", weight: 7.75, discountable: true }
    await stack.cms.edit(item, { ...edited, care: "no iron" })
    await shows(id, { ...edited, metadata: { care: "no iron", secret_margin: 3 } })
  })

  test("that Medusa deletes is archived in Directus, and comes back as the same item when it is restored", async () => {
    const { id, item } = await pair({ status: "published" })
    await stack.shop.remove(id)
    await holds(item, { status: "archived" })
    await stack.shop.restore(id)
    await holds(item, { status: "published", medusa_id: id })
    expect(await stack.cms.find({ medusa_id: id })).toHaveLength(1)
    await stack.cms.edit(item, { subtitle: "after the restore" })
    await shows(id, { subtitle: "after the restore", status: "published" })
  })

  test("that Directus deletes becomes a draft in Medusa", async () => {
    const { id, item } = await pair({ status: "published" })
    await stack.cms.remove(item)
    await shows(id, { status: "draft" })
    await stack.settled()
    expect((await stack.shop.read(id)).title).toMatch(/^pair/)
  })

  test("that Directus archives is a draft in Medusa and stays archived in Directus", async () => {
    const { id, item } = await pair({ status: "published" })
    await stack.cms.edit(item, { status: "archived" })
    await shows(id, { status: "draft" })
    await stack.settled()
    expect((await stack.cms.read(item))["status"]).toBe("archived")
    await stack.cms.edit(item, { status: "published" })
    await shows(id, { status: "published" })
  })
})

describe("while the link is cut", () => {
  test("edits of different fields on both sides are both kept", async () => {
    const { id, item } = await pair()
    await stack.cutLinks()
    await stack.shop.edit(id, { subtitle: "from the shop" })
    await stack.cms.edit(item, { material: "from the editor" })
    await stack.mendLinks()
    await shows(id, { subtitle: "from the shop", material: "from the editor" })
    await holds(item, { subtitle: "from the shop", material: "from the editor" })
    await stack.settled()
    expect((await stack.conflicts()).filter(({ localId }) => [id, item].includes(localId))).toEqual([])
  })

  test("edits of the same field: the winner of the mapping stays, and the other value is kept exactly", async () => {
    const { id, item } = await pair()
    const losing = ' Spaces, <b>tags</b>, "quotes" and emoji 🧵\nand a line '
    await stack.cutLinks()
    await stack.shop.edit(id, { title: "The shop's title" })
    await stack.cms.edit(item, { title: losing })
    await stack.mendLinks()
    await holds(item, { title: "The shop's title" })
    await stack.settled()
    await shows(id, { title: "The shop's title" })
    const mine = (await stack.conflicts()).filter(({ localId }) => [id, item].includes(localId))
    expect(mine).toMatchObject([{ field: "title", kind: "concurrent", losingSide: "directus", losingValue: losing }])
  })

  test("one product that both sides create under one handle is one product afterwards", async () => {
    const handle = unique("twins")
    await stack.cutLinks()
    const id = await stack.shop.create({ title: "Twin", handle, subtitle: "only the shop has this" })
    const item = await stack.cms.create({ title: "Twin", handle, material: "only the editor has this" })
    await stack.mendLinks()
    expect(await stack.itemOf(id)).toBe(item)
    const both = { title: "Twin", subtitle: "only the shop has this", material: "only the editor has this" }
    await shows(id, both)
    await holds(item, both)
    await stack.settled()
    expect(await stack.shop.find({ handle })).toHaveLength(1)
    expect(await stack.cms.find({ handle })).toHaveLength(1)
  })

  test("many creates and edits on both sides arrive once each", async () => {
    const word = unique("many")
    await stack.cutLinks()
    const ids: string[] = []
    const items: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.push(await stack.shop.create({ title: `${word} m${i}`, handle: `${word}-m${i}` }))
      items.push(await stack.cms.create({ title: `${word} d${i}`, handle: `${word}-d${i}` }))
    }
    await stack.mendLinks()
    for (const id of ids) await stack.itemOf(id)
    for (const item of items) await productOf(item)
    await stack.settled()
    for (let i = 0; i < 5; i++) {
      for (const handle of [`${word}-m${i}`, `${word}-d${i}`]) {
        expect(await stack.shop.find({ handle })).toHaveLength(1)
        expect(await stack.cms.find({ handle })).toHaveLength(1)
      }
    }
  })
})

test("a second edit right after a sync is never swallowed, on either side", async () => {
  const { id, item } = await pair()
  for (let round = 0; round < 8; round++) {
    const [first, second, third] = [unique("first"), unique("second"), unique("third")]
    await stack.shop.edit(id, { title: first })
    await holds(item, { title: first })
    await stack.cms.edit(item, { title: second })
    await shows(id, { title: second })
    await stack.shop.edit(id, { title: third })
    await holds(item, { title: third })
  }
  await stack.settled()
  expect((await stack.conflicts()).filter(({ localId }) => [id, item].includes(localId))).toEqual([])
})

test("an apply leaves no listener in Medusa's modules, which would hold it for ever and take the events of others", async () => {
  const { id, item } = await pair()
  const title = unique("title")
  await stack.cms.edit(item, { title })
  await shows(id, { title })
  expect((await stack.shop.witnessed()).listeners).toEqual([])
})

test("an apply is visible to other people's subscribers, hooks and Flows, with the new values", async () => {
  const { cms } = stack
  await cms.fetchJson("/collections", {
    method: "POST",
    body: JSON.stringify({
      collection: "flow_log",
      schema: {},
      fields: [
        { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true } },
        { field: "title", type: "string" },
      ],
    }),
  })
  const flow = await cms.fetchJson<{ data: { id: string } }>("/flows", {
    method: "POST",
    body: JSON.stringify({
      name: "Log titles",
      trigger: "event",
      status: "active",
      accountability: "all",
      options: { type: "action", scope: ["items.update"], collections: ["products"] },
    }),
  })
  const operation = await cms.fetchJson<{ data: { id: string } }>("/operations", {
    method: "POST",
    body: JSON.stringify({
      flow: flow.data.id,
      key: "log",
      name: "Log",
      type: "item-create",
      position_x: 1,
      position_y: 1,
      options: { collection: "flow_log", permissions: "$full", payload: { title: "{{$trigger.payload.title}}" } },
    }),
  })
  await cms.fetchJson(`/flows/${flow.data.id}`, {
    method: "PATCH",
    body: JSON.stringify({ operation: operation.data.id }),
  })

  const { id, item } = await pair()
  const title = unique("seen by a Flow")
  await stack.shop.edit(id, { title })
  await eventually("the Flow has logged the title", async () => {
    const { data } = await cms.fetchJson<{ data: { title: string }[] }>("/items/flow_log?limit=-1")
    expect(data.map((row) => row.title)).toContain(title)
  })
  await eventually("the hook has read the new row", async () => {
    const seen = (await cms.witnessed()).filter(({ event, keys }) => event === "items.update" && keys.includes(item))
    expect(seen.at(-1)?.rows[0]?.["title"]).toBe(title)
  })

  await cms.edit(item, { title: unique("seen by a subscriber") })
  await eventually("Medusa's subscriber has got product.updated", async () => {
    const { events } = await stack.shop.witnessed()
    const own = events.filter(({ data }) => data.id === id).map(({ name }) => name)
    // One by the shop's edit, one by the apply.
    expect(own).toEqual(["product.created", "product.updated", "product.updated"])
  })
  await cms.fetchJson(`/flows/${flow.data.id}`, { method: "DELETE" })
})

describe("values arrive as they are", () => {
  const html = `<p>${"Größe &amp; <em>Gewicht</em> — ".repeat(170)}</p><script>alert(1)</script>`.padEnd(5000, "x")
  const cases: [string, string | null][] = [
    ["5,000 characters of HTML", html],
    ["emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 \u{1F9F6} e\u0301"],
    ["right-to-left text", "\u202Bשלום עולם — مرحبا بالعالم\u202C"],
    ["spaces and line ends", "  two spaces\r\n\ttab \u00A0 "],
    ["an empty string", ""],
    ["nothing", null],
    ["text that looks like something else", '{"a":[1,2]} null 007 1e3 true'],
  ]
  test.each(cases)("%s, from Medusa and from Directus", async (_name, value) => {
    const { id, item } = await pair({ description: "before" })
    await stack.shop.edit(id, { description: value })
    await holds(item, { description: value })
    await stack.shop.edit(id, { subtitle: "before" })
    await holds(item, { subtitle: "before" })
    await stack.cms.edit(item, { subtitle: value })
    await shows(id, { subtitle: value, description: value })
    await stack.settled()
    expect(await stack.cms.read(item)).toMatchObject({ subtitle: value, description: value })
  })

  test("a title of 1,000 characters, from both sides", async () => {
    const { id, item } = await pair()
    await stack.shop.edit(id, { title: "M".repeat(1000) })
    await holds(item, { title: "M".repeat(1000) })
    await stack.cms.edit(item, { title: "D".repeat(1000) })
    await shows(id, { title: "D".repeat(1000) })
  })
})

test("a handle that Medusa refuses stops this record only, says why, and goes on when it is mended", async () => {
  const { id, item } = await pair()
  const other = await pair()
  const bad = "Not A Valid Handle!"
  await stack.cms.edit(item, { handle: bad, title: "arrives with the right handle" })
  await stack.cms.edit(other.item, { title: "not delayed" })
  await shows(other.id, { title: "not delayed" })
  await eventually("Directus knows why", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [item])
    expect(link?.["reason"]).toMatch(/^rejected_by_host: handle/)
    expect(link?.["reason"]).not.toContain(bad)
  })
  const handle = unique("mended")
  await stack.cms.edit(item, { handle })
  await shows(id, { handle, title: "arrives with the right handle" })
  await stack.settled()
})

test("a handle that another product of Medusa holds stops this record only and names the other one", async () => {
  const holder = await pair()
  const { id, item } = await pair()
  const taken = (await stack.shop.read(holder.id)).handle
  await stack.cms.edit(item, { handle: taken })
  await eventually("Directus knows why", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [item])
    expect(link?.["reason"]).toMatch(/^not_unique/)
    expect(link?.["reason"]).toContain(holder.id)
  })
  const handle = unique("free")
  await stack.cms.edit(item, { handle })
  await shows(id, { handle })
  await stack.settled()
})

test("a product that Medusa deleted comes back under another handle when its own was given to a new one", async () => {
  const { id, item } = await pair({ status: "published" })
  const { handle: old } = await stack.shop.read(id)
  await stack.shop.remove(id)
  await holds(item, { status: "archived" })
  const made = await stack.shop.create({ title: unique("instead"), handle: old, status: "published" })
  const instead = await stack.itemOf(made)
  const handle = unique("renamed")
  await stack.cms.edit(item, { handle, status: "published" })
  await eventually("it is there again", async () =>
    expect(
      await stack.sqlMedusa("select handle, status from product where id = $1 and deleted_at is null", [id]),
    ).toEqual([{ handle, status: "published" }]),
  )
  await shows(made, { handle: old })
  expect(instead).not.toBe(item)
  await stack.settled()
})

test("a product without a handle gets Medusa's, and Directus shows it", async () => {
  const title = unique("Ünïcode Title")
  const item = await stack.cms.create({ title })
  const id = await productOf(item)
  const { handle } = await stack.shop.read(id)
  expect(handle).not.toBe("")
  await holds(item, { handle })
  await stack.settled()
})
