import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { CLOSED } from "../src/guard/breaker.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const full = async (count = 80, more: Record<string, unknown> = {}) => {
  const pair = new Pair(resolveConfig())
  const ids = Array.from({ length: count }, (_, i) =>
    pair.medusa.create("product", { title: `P${String(i)}`, handle: `p-${String(i)}`, status: "published", ...more }),
  )
  await pair.settle()
  return { pair, ids }
}

describe("many deletes at once", () => {
  const archived = (pair: Pair) =>
    [...pair.directus.table("product").rows.values()].filter((row) => row["status"] === "archived").length

  it("of more than a quarter of the catalogue are not told before somebody has said that they are meant", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 21)) pair.medusa.remove("product", id)
    for (let i = 0; i < 3; i++) {
      await pushOnce(pair.medusa.ports)
      pair.now += 120_000
    }
    expect(archived(pair)).toBe(0)
    expect(pair.medusa.control.paused).toMatchObject({
      code: "mass_delete",
      message: expect.stringMatching(
        /^21 of 80 product records \(21 deleted\) would go out of sight in Directus within ten minutes\./,
      ) as string,
    })
    // The other direction goes on, and does not end the pause.
    const [kept] = ids.slice(70)
    pair.directus.edit("product", pair.peer("medusa", kept ?? ""), { title: "still edited" })
    await pushOnce(pair.directus.ports)
    expect(pair.row("medusa", kept ?? "")?.["title"]).toBe("still edited")
    await pushOnce(pair.medusa.ports)
    expect(archived(pair)).toBe(0)

    pair.medusa.control = {
      ...pair.medusa.control,
      paused: { ...pair.medusa.control.paused!, accepted: true },
      breaker: CLOSED,
    }
    await pair.settle()
    expect(archived(pair)).toBe(21)
    expect(pair.medusa.control.paused).toBeNull()
  })

  it("of few records are told at once", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 20)) pair.medusa.remove("product", id)
    await pair.settle()
    expect(archived(pair)).toBe(20)
  })

  it("that the peer did not answer are not counted twice when they are told again", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 15)) pair.medusa.remove("product", id)
    pair.network = () => {
      throw new Error("no answer")
    }
    await pushOnce(pair.medusa.ports)
    pair.network = () => undefined
    await pair.settle()
    expect(pair.medusa.control.paused).toBeNull()
    expect(archived(pair)).toBe(15)
    for (const id of ids.slice(15, 21)) pair.medusa.remove("product", id)
    await pushOnce(pair.medusa.ports)
    expect(pair.medusa.control.paused?.message).toMatch(/^21 of 80 product/)
  })

  it("are counted without the parts that went along", async () => {
    const pair = new Pair(resolveConfig())
    const products = Array.from({ length: 20 }, (_, i) =>
      pair.medusa.create("product", { title: `P${String(i)}`, handle: `p-${String(i)}` }),
    )
    const variants = products.flatMap((product) =>
      ["S", "M", "L"].map((title) => pair.medusa.create("variant", { title, product })),
    )
    await pair.settle()
    for (const id of products.slice(-5)) pair.medusa.remove("product", id)
    await pair.settle()
    pair.medusa.remove("variant", variants[0] ?? "")
    await pair.settle()
    expect(pair.medusa.control.paused).toBeNull()
  })

  it("that were brought back are forgotten", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 60)) pair.medusa.remove("product", id)
    await pushOnce(pair.medusa.ports)
    for (const id of ids.slice(0, 60)) pair.medusa.restore("product", id)
    pair.medusa.control = { ...pair.medusa.control, paused: null, breaker: CLOSED }
    await pair.settle()
    expect(archived(pair)).toBe(0)
  })
})

describe("placeholders of a catalogue that is made with titles alone", () => {
  const DEFAULT = { title: "Default variant", "options#Default option": "Default option value" }

  async function made(count: number, more: Record<string, unknown> = {}) {
    const pair = new Pair(resolveConfig())
    const products = Array.from({ length: count }, (_, i) =>
      pair.medusa.create("product", { title: `P${String(i)}`, handle: `p-${String(i)}` }),
    )
    const variants = products.map((product) => pair.medusa.create("variant", { ...DEFAULT, ...more, product }))
    await pair.settle()
    /** Somebody gives each product its variants, as an import does page by page. */
    const replace = async (from: number, to: number) => {
      for (const [i, product] of products.slice(from, to).entries()) {
        pair.medusa.remove("variant", variants[from + i] ?? "")
        pair.medusa.create("variant", { title: "S", sku: `s-${product}`, product })
      }
      await pushOnce(pair.medusa.ports)
    }
    return { pair, variants, replace }
  }

  it("may all be replaced, at once or one after the other", async () => {
    const { pair, replace } = await made(60)
    for (const [from, to] of [
      [0, 25],
      [25, 26],
      [26, 60],
    ] as const)
      await replace(from, to)
    await pair.settle()
    expect(pair.medusa.control.paused).toBeNull()
    expect([...pair.directus.table("variant").rows.values()].map(({ title }) => title)).toEqual(
      Array.from({ length: 60 }, () => "S"),
    )
  })

  it("hide no real variants that go with them", async () => {
    const { pair, variants, replace } = await made(60, { sku: null })
    await replace(0, 30)
    await pair.settle()
    const real = [...pair.medusa.table("variant").rows].flatMap(([id, { sku }]) => (sku === null ? [] : id))
    for (const id of [...real.slice(0, 16), ...variants.slice(30, 40)]) pair.medusa.remove("variant", id)
    await pushOnce(pair.medusa.ports)
    expect(pair.medusa.control.paused?.message).toMatch(/^16 of \d+ variant records \(16 deleted\)/)
  })

  it("are variants like any other as soon as somebody has made something of them", async () => {
    const { pair, replace } = await made(60, { sku: "x" })
    await replace(0, 20)
    expect(pair.medusa.control.paused?.message).toMatch(/^20 of 60 variant/)
  })
})

describe("many records that an edit takes out of sight", () => {
  const statuses = (pair: Pair) => [...pair.directus.table("product").rows.values()].map((row) => row["status"])
  const hide = (pair: Pair, ids: string[], status = "draft") => {
    for (const id of ids) pair.medusa.edit("product", id, { status })
  }
  const message = (pair: Pair) => pair.medusa.control.paused?.message

  it("are not told before somebody has said that they are meant", async () => {
    const { pair, ids } = await full(40)
    hide(pair, ids)
    await pushOnce(pair.medusa.ports)
    expect(statuses(pair)).not.toContain("draft")
    expect(message(pair)).toMatch(/^40 of 40 product records \(40 hidden of the 40 in sight\) would go out of sight/)
    pair.medusa.control = {
      ...pair.medusa.control,
      paused: { ...pair.medusa.control.paused!, accepted: true },
      breaker: CLOSED,
    }
    await pair.settle()
    expect(new Set(statuses(pair))).toEqual(new Set(["draft"]))
  })

  it.each([
    [4, 4],
    [12, 5],
    [40, 10],
    [200, 50],
    [900, 50],
  ])("of %i are told at once up to %i", async (count, most) => {
    const { pair, ids } = await full(count)
    hide(pair, ids.slice(0, most))
    await pair.settle()
    expect(statuses(pair).filter((status) => status === "draft")).toHaveLength(most)
    hide(pair, ids.slice(most, most + 1))
    for (let i = 0; i < 3; i++) await pushOnce(pair.medusa.ports)
    if (most < count) expect(message(pair)).toMatch(new RegExp(`^${String(most + 1)} of ${String(count)} product`))
  })

  it("count together with those that are deleted, of ten minutes", async () => {
    const { pair, ids } = await full(40)
    hide(pair, ids.slice(0, 5))
    await pair.settle()
    for (const id of ids.slice(5, 10)) pair.medusa.remove("product", id)
    await pair.settle()
    expect(message(pair)).toBeUndefined()
    pair.now += 60_000
    hide(pair, ids.slice(10, 11), "proposed")
    await pushOnce(pair.medusa.ports)
    expect(message(pair)).toMatch(/^11 of 40 product records \(5 deleted, 6 hidden of the 40 in sight\)/)
  })

  it("count when they were deleted first, and come back out of sight", async () => {
    const { pair, ids } = await full(40)
    for (const id of ids.slice(0, 8)) pair.medusa.remove("product", id)
    await pushOnce(pair.medusa.ports)
    for (const id of ids.slice(0, 8)) {
      pair.medusa.restore("product", id)
      pair.medusa.edit("product", id, { status: "draft" })
    }
    await pushOnce(pair.medusa.ports)
    hide(pair, ids.slice(8, 12))
    await pushOnce(pair.medusa.ports)
    expect(message(pair)).toMatch(/^12 of 40 product records \(12 hidden of the 40 in sight\)/)
  })

  it("count no more after ten minutes, nor when they are shown again", async () => {
    const { pair, ids } = await full(40)
    for (const part of [ids.slice(0, 10), ids.slice(10, 17)]) {
      hide(pair, part)
      await pair.settle()
      pair.now += 11 * 60_000
    }
    for (let i = 0; i < 5; i++) {
      hide(pair, ids.slice(20, 25))
      await pair.settle()
      hide(pair, ids.slice(20, 25), "published")
      await pair.settle()
    }
    expect(message(pair)).toBeUndefined()
  })

  it("count by what is in sight: ten on sale among a hundred drafts are the whole shop", async () => {
    const { pair, ids } = await full(110, { status: "draft" })
    hide(pair, ids.slice(0, 10), "published")
    await pair.settle()
    hide(pair, ids.slice(0, 10))
    await pushOnce(pair.medusa.ports)
    expect(message(pair)).toMatch(/^10 of 110 product records \(10 hidden of the 10 in sight\)/)
  })

  it("are not those that were out of sight before, nor such as are new", async () => {
    const { pair, ids } = await full(40, { status: "draft" })
    hide(pair, ids, "proposed")
    for (let i = 0; i < 40; i++) pair.medusa.create("product", { handle: `new-${String(i)}`, status: "draft" })
    await pair.settle()
    expect(message(pair)).toBeUndefined()
  })

  it("are named by kind, with how many of what", async () => {
    const { pair, ids } = await full(8)
    const categories = Array.from({ length: 8 }, (_, i) =>
      pair.medusa.create("category", { name: "C", handle: `c-${String(i)}`, is_active: true, is_internal: false }),
    )
    await pair.settle()
    hide(pair, ids.slice(0, 3))
    for (const id of categories) pair.medusa.edit("category", id, { is_internal: true })
    await pushOnce(pair.medusa.ports)
    expect(message(pair)).toMatch(
      /^8 of 8 category records \(8 hidden of the 8 in sight\) and 3 of 8 product records \(3 hidden of the 8 in sight\) would go out of sight in Directus/,
    )
  })

  it("are none where the other side owns the field", async () => {
    const pair = new Pair(resolveConfig({ product: { fields: { status: { owner: "directus" } } } }))
    const ids = Array.from({ length: 40 }, (_, i) =>
      pair.medusa.create("product", { handle: `p-${String(i)}`, status: "published" }),
    )
    await pair.settle()
    hide(pair, ids)
    await pair.settle()
    expect(message(pair)).toBeUndefined()
  })
})
