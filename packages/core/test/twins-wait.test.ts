import { describe, expect, it } from "vitest"
import { readBackfill, startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { Pair } from "./pair.ts"

/** @returns how many requests both senders made meanwhile. */
async function looks(pair: Pair, times: number, seconds: number): Promise<number> {
  const before = pair.requests.length
  for (let n = 0; n < times; n++) {
    await pushOnce(pair.medusa.ports)
    await pushOnce(pair.directus.ports)
    pair.now += seconds * 1_000
  }
  return pair.requests.length - before
}

describe("a product that both sides had before the sync", () => {
  /** Its item is in a category that nobody has told of. An editor corrects the item. */
  async function edited() {
    const pair = new Pair(resolveConfig())
    const shops = pair.medusa.create("product", { title: "Shirt", handle: "shirt" }, false)
    const category = pair.directus.create("category", { name: "Shirts", handle: "shirts", is_active: true }, false)
    const item = pair.directus.create(
      "product",
      { title: "Shirt", handle: "shirt", [`categories#${category}`]: category },
      false,
    )
    pair.directus.edit("product", item, { subtitle: "Corrected" })
    await looks(pair, 10, 120)
    return { pair, shops, item }
  }

  it("is one pair behind its category, and a backfill of the shop ends", async () => {
    const { pair, shops, item } = await edited()
    const { ports } = pair.medusa
    await startBackfill(ports)
    for (let n = 0; n < 10; n++) {
      await looks(pair, 1, 5)
      await stepBackfill(ports, await ports.readControl())
    }
    expect((await readBackfill(ports))?.state).toBe("done")
    expect([pair.peer("medusa", shops), pair.row("medusa", shops)?.["subtitle"]]).toEqual([item, "Corrected"])
  })

  it("gets an edit of the shop", async () => {
    const { pair, shops, item } = await edited()
    pair.medusa.edit("product", shops, { material: "Wool" })
    await looks(pair, 10, 120)
    expect([pair.peer("medusa", shops), pair.row("directus", item)?.["material"]]).toEqual([item, "Wool"])
  })

  it("gets an edit of Directus, where the shop's is in a collection that nobody has told of", async () => {
    const pair = new Pair(resolveConfig())
    const collection = pair.medusa.create("collection", { title: "Season", handle: "season" }, false)
    const shops = pair.medusa.create("product", { title: "Shirt", handle: "shirt", collection }, false)
    const item = pair.directus.create("product", { title: "Shirt", handle: "shirt" }, false)
    pair.medusa.edit("product", shops, { material: "Wool" })
    await looks(pair, 10, 120)
    pair.directus.edit("product", item, { subtitle: "Corrected" })
    const requests = await looks(pair, 60, 120)
    expect([pair.row("medusa", shops)?.["subtitle"], requests < 20]).toEqual(["Corrected", true])
  })
})

describe("twins of which one waits for what does not come", () => {
  /** The category is linked, and its row went from the shop without a trace. */
  async function stuck() {
    const random = () => 0.5
    const pair = new Pair(resolveConfig(), undefined, { medusa: { random }, directus: { random } })
    const category = pair.directus.create("category", { name: "Shirts", handle: "shirts" })
    await pair.settle()
    const [shopsCategory = ""] = pair.medusa.table("category").rows.keys()
    pair.medusa.remove("category", shopsCategory, false)
    const shops = pair.medusa.create("product", { title: "Shirt", handle: "shirt" }, false)
    const refers = { [`categories#${category}`]: category }
    const item = pair.directus.create("product", { title: "Shirt", handle: "shirt", ...refers }, false)
    pair.directus.edit("product", item, { subtitle: "Corrected" })
    await looks(pair, 20, 60)
    return { pair, shops, item }
  }

  it("ask each other less and less often, and say for whom they wait", async () => {
    const { pair, shops, item } = await stuck()
    pair.medusa.edit("product", shops, { material: "Wool" })
    const first = await looks(pair, 30, 1)
    const later = await looks(pair, 600, 1)
    expect([first < 30, later < 60], `${String(first)} and ${String(later)} requests`).toEqual([true, true])
    const link = pair.medusa.table("product").links.get(shops)
    expect(link?.reason).toContain(`It waits for ${item}`)
  })

  it("keep a backfill from ending until they are answered", async () => {
    const { pair, item } = await stuck()
    const { ports } = pair.medusa
    await startBackfill(ports)
    const step = async (times: number) => {
      for (let n = 0; n < times; n++) {
        await looks(pair, 1, 10)
        await stepBackfill(ports, await ports.readControl())
      }
    }
    await step(60)
    expect(await readBackfill(ports)).toMatchObject({ state: "running", waiting: 1 })
    pair.directus.edit("product", item, { "categories#d1": null })
    await step(60)
    expect(await readBackfill(ports)).toMatchObject({ state: "done", waiting: 0 })
  })
})
