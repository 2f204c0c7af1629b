import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { notUnique } from "../src/record/taken.ts"
import type { MemoryHostOptions } from "../src/testing/memory-table.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import type { Reply } from "../src/ports.ts"
import type { Message } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

const makePair = (): Pair => new Pair(resolveConfig(), undefined, { medusa: { unique: "handle" } })

/** Products of both sides, by number; each is called like its number. */
async function shopOf(count: number): Promise<{ pair: Pair; ids: string[]; handles: () => unknown[] }> {
  const pair = makePair()
  const ids = Array.from({ length: count }, (_, n) =>
    pair.directus.create("product", { title: `t${String(n)}`, handle: `h-${String(n)}` }),
  )
  await pair.settle()
  const handles = () => ids.map((id) => pair.row("medusa", pair.peer("directus", id))?.["handle"])
  return { pair, ids, handles }
}

const call = (pair: Pair, id: string | undefined, n: number): void =>
  pair.directus.edit("product", id ?? "", { handle: `h-${String(n)}` })

const linkOf = (pair: Pair, id: string) => pair.directus.table("product").links.get(id)

/** So many seconds in which the senders look once a second. */
async function seconds(pair: Pair, many: number): Promise<void> {
  for (let i = 0; i < many; i++) {
    await pushOnce(pair.directus.ports)
    await pushOnce(pair.medusa.ports)
    pair.now += 1_000
  }
}

describe("values that change places arrive", () => {
  it.each([
    ["two that swap, in one message", 2],
    ["twelve that go round", 12],
  ])("%s", async (_, count) => {
    const { pair, ids, handles } = await shopOf(count)
    const before = pair.requests.length
    for (const [n, id] of ids.entries()) call(pair, id, (n + 1) % count)
    await pushOnce(pair.directus.ports)
    expect(handles()).toEqual(ids.map((_, n) => `h-${String((n + 1) % count)}`))
    expect(pair.requests.length - before).toBe(1)
  })

  it("twelve that move up by one, told one after the other, the last one first or last", async () => {
    for (const order of [(ids: string[]) => ids, (ids: string[]) => [...ids].reverse()]) {
      const { pair, ids, handles } = await shopOf(12)
      for (const id of order([...ids])) {
        call(pair, id, ids.indexOf(id) + 1)
        await pushOnce(pair.directus.ports)
      }
      await seconds(pair, 30)
      expect(handles()).toEqual(ids.map((_, n) => `h-${String(n + 1)}`))
    }
  })

  it("two that swap, told in two messages", async () => {
    const { pair, ids, handles } = await shopOf(2)
    call(pair, ids[0], 1)
    await pushOnce(pair.directus.ports)
    call(pair, ids[1], 0)
    await seconds(pair, 20)
    expect(handles()).toEqual(["h-1", "h-0"])
  })

  it("two that swap long after the first was stopped, by a host that does not say who has the value", async () => {
    const { pair, ids, handles } = await shopOf(2)
    const { transport } = pair.directus.ports
    const send = async (message: Message): Promise<Reply> => {
      const reply = await transport.send(message)
      const results = reply.kind === "results" ? reply.results : []
      for (const result of results) if (result.reason) result.reason = result.reason.replace(/ \(\w+\)/, "")
      return reply
    }
    Object.assign(pair.directus.ports, { transport: { send } })
    call(pair, ids[0], 1)
    await pair.settle()
    expect(linkOf(pair, ids[0] ?? "")).toMatchObject({ state: "quarantined" })
    call(pair, ids[1], 0)
    await seconds(pair, 20)
    expect(handles()).toEqual(["h-1", "h-0"])
  })

  it("beside one of the same message that is refused for another reason", async () => {
    const pair = new Pair(resolveConfig(), undefined, {
      medusa: {
        unique: "handle",
        rewrite: (field, value) => {
          if (value === "bad") throw new Error(`no ${field}`)
          return value
        },
      },
    })
    const ids = ["h-0", "h-1", "h-2"].map((handle) => pair.directus.create("product", { title: handle, handle }))
    await pair.settle()
    call(pair, ids[0], 1)
    pair.directus.edit("product", ids[1] ?? "", { title: "bad" })
    pair.directus.edit("product", ids[1] ?? "", { handle: "h-9" })
    call(pair, ids[2], 0)
    await pushOnce(pair.directus.ports)
    const handles = () => ids.map((id) => pair.row("medusa", pair.peer("directus", id))?.["handle"])
    // The first one's is held by the one that is refused.
    expect(handles()).toEqual(["h-0", "h-1", "h-2"])
    pair.directus.edit("product", ids[1] ?? "", { title: "good" })
    await seconds(pair, 30)
    expect(handles()).toEqual(["h-1", "h-9", "h-0"])
  })
})

describe("while another record has a value", () => {
  const waiting = async () => {
    const shop = await shopOf(2)
    shop.pair.directus.edit("product", shop.ids[0] ?? "", { handle: "h-1", title: "new", status: "draft" })
    return shop
  }

  it("all else of the record arrives at once", async () => {
    const { pair, ids } = await waiting()
    await seconds(pair, 2)
    expect(pair.row("medusa", pair.peer("directus", ids[0] ?? ""))).toMatchObject({
      handle: "h-0",
      title: "new",
      status: "draft",
    })
  })

  it("a person is asked, and later edits go on arriving with two requests", async () => {
    const { pair, ids } = await waiting()
    await pair.settle()
    const [id = ""] = ids
    expect(linkOf(pair, id)).toMatchObject({
      state: "quarantined",
      reason: expect.stringMatching(/^not_unique: handle is taken by another product/) as string,
    })
    const before = pair.requests.length
    pair.directus.edit("product", id, { title: "newer" })
    await pair.settle()
    expect(pair.row("medusa", pair.peer("directus", id))).toMatchObject({ title: "newer" })
    expect(linkOf(pair, id)).toMatchObject({ state: "quarantined" })
    expect(pair.requests.length - before).toBe(2)
  })

  it("an edit in Medusa is told as before", async () => {
    const { pair, ids } = await waiting()
    await pair.settle()
    pair.medusa.edit("product", pair.peer("directus", ids[0] ?? ""), { subtitle: "from the shop" })
    await seconds(pair, 2)
    expect(pair.row("directus", ids[0] ?? "")).toMatchObject({ subtitle: "from the shop", handle: "h-1" })
  })
})

describe("a record that is stopped because of a value goes on when", () => {
  const stopped = async () => {
    const shop = await shopOf(2)
    call(shop.pair, shop.ids[0], 1)
    await shop.pair.settle()
    const [id = "", holder = ""] = shop.ids
    expect(linkOf(shop.pair, id)).toMatchObject({ state: "quarantined", heldBack: true })
    return { ...shop, id, holder }
  }

  it.each<[string, (pair: Pair, holder: string) => unknown]>([
    ["the other one is renamed here", (pair, holder) => pair.directus.edit("product", holder, { handle: "free" })],
    [
      "the other one is renamed there",
      (pair, holder) => pair.medusa.edit("product", pair.peer("directus", holder), { handle: "free" }),
    ],
    ["the other one is deleted there", (pair, holder) => pair.medusa.remove("product", pair.peer("directus", holder))],
  ])("%s", async (_, act) => {
    const { pair, id, holder } = await stopped()
    act(pair, holder)
    await seconds(pair, 20)
    expect(pair.row("medusa", pair.peer("directus", id))).toMatchObject({ handle: "h-1" })
    expect(linkOf(pair, id)).toMatchObject({ state: "active", reason: null, heldBack: false })
  })

  it("the other one, which the sync does not know, gives it up: within a sweep", async () => {
    const { pair, id, holder } = await stopped()
    pair.medusa.edit("product", pair.peer("directus", holder), { handle: "free" }, false)
    await sweepOnce(pair.directus.ports, { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) })
    await seconds(pair, 3)
    expect(pair.row("medusa", pair.peer("directus", id))).toMatchObject({ handle: "h-1" })
  })

  it("its own key is changed back", async () => {
    const { pair, id, ids } = await stopped()
    call(pair, ids[0], 0)
    await pair.settle()
    expect(linkOf(pair, id)).toMatchObject({ state: "active", reason: null, heldBack: false })
  })
})

it("a new record whose key is taken is stopped as a whole, and made when the key is free", async () => {
  const { pair, ids } = await shopOf(1)
  const id = pair.directus.create("product", { title: "second", handle: "h-0" })
  await pair.settle()
  expect(linkOf(pair, id)).toMatchObject({ state: "quarantined", peerId: null })
  call(pair, ids[0], 7)
  await seconds(pair, 20)
  expect(pair.row("medusa", pair.peer("directus", id))).toMatchObject({ title: "second", handle: "h-0" })
})

const OPTIONS = { field: "options", within: "product" }

/** Variants of one product on both sides, by number; the size of each is called like its number. */
async function sizesOf(
  count: number,
  unique: readonly { field: string; within?: string }[] = [OPTIONS],
  rewrite: MemoryHostOptions["rewrite"] = (_, value) => value,
) {
  const fields = { sku: { owner: "two-way" }, barcode: { owner: "two-way" }, options: { owner: "two-way" } } as const
  const pair = new Pair(resolveConfig({ variant: { fields, deletes: { medusa: "propagate" } } }), undefined, {
    medusa: { unique, rewrite },
  })
  const product = pair.directus.create("product", { title: "shirt", handle: "shirt" })
  const ids = Array.from({ length: count }, (_, n) =>
    pair.directus.create("variant", {
      product,
      title: `t${String(n)}`,
      sku: `s${String(n)}`,
      barcode: `b${String(n)}`,
      "options#Size": String(n),
    }),
  )
  await pair.settle()
  const link = (id: string) => pair.directus.table("variant").links.get(id)
  const row = (id: string) => pair.medusa.table("variant").rows.get(link(id)?.peerId ?? "")
  const column = (name: string) => ids.map((id) => row(id)?.[name])
  const edit = (n: number, change: Record<string, string>) => pair.directus.edit("variant", ids[n] ?? "", change)
  return { pair, product, ids, row, column, edit, link, sizes: () => column("options#Size") }
}

describe("what variants have of the options of their product", () => {
  it.each([2, 3, 12])("goes round among %i of them in one message", async (count) => {
    const { pair, ids, edit, sizes } = await sizesOf(count)
    const before = pair.requests.length
    for (const n of ids.keys()) edit(n, { "options#Size": String((n + 1) % count), title: `now ${String(n)}` })
    await pushOnce(pair.directus.ports)
    expect(sizes()).toEqual(ids.map((_, n) => String((n + 1) % count)))
    expect(pair.requests.length - before).toBe(1)
  })

  it("changes places in two messages, with a SKU that does so too", async () => {
    const { pair, edit, sizes, column } = await sizesOf(2, [OPTIONS, { field: "sku" }])
    edit(0, { "options#Size": "1", sku: "s1", title: "meanwhile" })
    await seconds(pair, 2)
    expect(column("title")).toEqual(["meanwhile", "t1"])
    expect(sizes()).toEqual(["0", "1"])
    edit(1, { "options#Size": "0", sku: "s0" })
    await seconds(pair, 20)
    expect([sizes(), column("sku")]).toEqual([
      ["1", "0"],
      ["s1", "s0"],
    ])
  })

  it("is told from what another product's have, and from a part of it", async () => {
    const { pair, edit, link, ids, row } = await sizesOf(2)
    const other = pair.directus.create("product", { title: "hat", handle: "hat" })
    const hat = pair.directus.create("variant", { product: other, title: "hat", sku: "hat", "options#Size": "0" })
    await pair.settle()
    expect(row(hat)).toMatchObject({ "options#Size": "0" })
    edit(0, { "options#Size": "1", "options#Color": "red" })
    await pair.settle()
    expect(row(ids[0] ?? "")).toMatchObject({ "options#Size": "1", "options#Color": "red" })
    expect(link(ids[0] ?? "")).toMatchObject({ reason: null })
  })

  it.each(["edit", "remove"] as const)(
    "is given to a new variant by one of the same message that gives it up (%s)",
    async (act) => {
      const { pair, product, ids, edit, row } = await sizesOf(2)
      if (act === "edit") edit(1, { "options#Size": "9" })
      else pair.directus.remove("variant", ids[1] ?? "")
      const fresh = pair.directus.create("variant", { product, title: "new", sku: "new", "options#Size": "1" })
      await pushOnce(pair.directus.ports)
      expect(row(fresh)).toMatchObject({ "options#Size": "1" })
    },
  )

  it.each<[string, "directus" | "medusa"]>([
    ["here", "directus"],
    ["there", "medusa"],
  ])("that was stopped arrives when the one that has it gets another one %s", async (_, side) => {
    const { pair, ids, edit, row, link } = await sizesOf(2)
    edit(0, { "options#Size": "1" })
    await pair.settle()
    expect(link(ids[0] ?? "")).toMatchObject({
      state: "quarantined",
      reason: expect.stringMatching(/^not_unique: options is taken by another variant/) as string,
    })
    const holder = side === "directus" ? (ids[1] ?? "") : (link(ids[1] ?? "")?.peerId ?? "")
    pair[side].edit("variant", holder, { "options#Size": "9" })
    await seconds(pair, 20)
    expect(row(ids[0] ?? "")).toMatchObject({ "options#Size": "1" })
    expect(link(ids[0] ?? "")).toMatchObject({ state: "active", reason: null, heldBack: false })
  })

  it("that was stopped is not tried again because another field has changed", async () => {
    const { pair, ids, edit, link } = await sizesOf(2)
    edit(0, { "options#Size": "1" })
    await pair.settle()
    edit(1, { title: "other" })
    const before = pair.requests.length
    await seconds(pair, 20)
    expect(pair.requests.length - before).toBe(1)
    expect(link(ids[0] ?? "")).toMatchObject({ state: "quarantined" })
  })
})

describe("of two values that others have, which the peer names", () => {
  it.each(["at once", "one after the other"])(
    "%s: all else arrives, and a person is asked after five tries",
    async (how) => {
      let isTaken = false
      const { pair, ids, edit, link, column } = await sizesOf(
        3,
        how === "at once" ? [{ field: "sku" }, { field: "barcode" }] : [{ field: "sku" }],
        (field, value) => {
          if (isTaken && field === "barcode" && value === "b2") throw notUnique("barcode", "another variant")
          return value
        },
      )
      isTaken = how !== "at once"
      const before = pair.requests.length
      edit(0, { sku: "s1", barcode: "b2", title: "arrives" })
      await seconds(pair, 400)
      expect(column("title")[0]).toBe("arrives")
      expect(link(ids[0] ?? "")).toMatchObject({ state: "quarantined" })
      expect(pair.requests.length - before).toBeLessThanOrEqual(10)
      isTaken = false
      edit(1, { sku: "free" })
      edit(2, { barcode: "free" })
      await seconds(pair, 30)
      expect([column("sku")[0], column("barcode")[0]]).toEqual(["s1", "b2"])
      expect(link(ids[0] ?? "")).toMatchObject({ state: "active", reason: null })
    },
  )
})
