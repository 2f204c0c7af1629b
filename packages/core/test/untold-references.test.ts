import { describe, expect, it } from "vitest"
import { readBackfill, startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { type BackfillOptions } from "../src/operate/job.ts"
import { discardRecord, listQuarantined, retryQuarantined } from "../src/inbox/quarantine.ts"
import { readNeeded } from "../src/inbox/read-needed.ts"
import { readStates } from "../src/inbox/read-states.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { emptyLink } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { pushOnce } from "../src/run/run-push.ts"
import type { MemoryHost } from "../src/testing/memory-host.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

async function backfilled(pair: Pair, host: MemoryHost, options: BackfillOptions = {}) {
  const { ports } = host
  await startBackfill(ports, options)
  for (let n = 0; n < 30 && (await readBackfill(ports))?.state === "running"; n++) {
    await pushOnce(ports)
    await stepBackfill(ports, await ports.readControl())
    pair.now += 5_000
  }
  return await readBackfill(ports)
}

const handles = (host: MemoryHost, kind: string) => [...host.table(kind).rows.values()].map((row) => row["handle"])

/** All of these were there before the sync. */
function oldShop() {
  const pair = new Pair(resolveConfig())
  const above = pair.medusa.create("category", { name: "All", handle: "all" }, false)
  const category = pair.medusa.create("category", { name: "Shirts", handle: "shirts", parent: above }, false)
  const collection = pair.medusa.create("collection", { title: "Season", handle: "season" }, false)
  const refers = { collection, [`categories#${category}`]: true }
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt", ...refers }, false)
  return { pair, category, collection, product }
}

describe("what nobody has told of is told when the peer needs it", () => {
  it("an edit of a product brings the collection and the categories that were there before", async () => {
    const { pair, product } = oldShop()
    pair.medusa.edit("product", product, { subtitle: "New" })
    await pair.settle()
    const item = pair.row("directus", pair.peer("medusa", product))
    const [collection] = pair.directus.table("collection").rows.keys()
    expect(item).toMatchObject({ subtitle: "New", collection })
    expect(handles(pair.directus, "category").sort()).toEqual(["all", "shirts"])
    expect(pair.medusa.table("product").links.get(product)).toMatchObject({ reason: null, heldBack: false })
  })

  it("so does an item of Directus, for what its shop lacks", async () => {
    const pair = new Pair(resolveConfig())
    const collection = pair.directus.create("collection", { title: "Season", handle: "season" }, false)
    pair.directus.create("product", { title: "Shirt", handle: "shirt", collection })
    await pair.settle()
    expect([handles(pair.medusa, "collection"), handles(pair.medusa, "product")]).toEqual([["season"], ["shirt"]])
  })

  it("and a backfill of some kinds, which ends when all that it took is answered", async () => {
    const { pair } = oldShop()
    expect(await backfilled(pair, pair.medusa, { kinds: ["product"] })).toMatchObject({ state: "done", quarantined: 0 })
    expect(handles(pair.directus, "product")).toEqual(["shirt"])
  })

  it("which a preview foretells", async () => {
    const { pair } = oldShop()
    const foretold = await previewBackfill(pair.medusa.ports, ["product"])
    expect(foretold).toMatchObject({ create: 1, stopped: 0 })
  })

  it("a backfill of variants alone brings their products", async () => {
    const { pair, product } = oldShop()
    pair.medusa.create("variant", { title: "S", sku: "S", product }, false)
    await backfilled(pair, pair.medusa, { kinds: ["variant"] })
    expect(handles(pair.directus, "product")).toEqual(["shirt"])
    expect([...pair.directus.table("variant").rows.values()]).toMatchObject([{ sku: "S" }])
  })

  it("what is refused stays so, and the one that waits for it names it", async () => {
    const { pair, product, collection } = oldShop()
    const { links } = pair.medusa.table("collection")
    pair.medusa.edit("collection", collection, { title: "Season 2" })
    await pushOnce(pair.medusa.ports)
    const link = links.get(collection)
    if (link) links.set(collection, { ...link, peerId: null, state: "quarantined", reason: "rejected_by_host: no" })
    pair.directus.remove("collection", [...pair.directus.table("collection").rows.keys()][0] ?? "", false)
    pair.medusa.edit("product", product, { subtitle: "New" })
    await pair.settle()
    expect(links.get(collection)?.state).toBe("quarantined")
    expect(pair.row("directus", pair.peer("medusa", product))).toMatchObject({ subtitle: "New" })
    expect(pair.medusa.table("product").links.get(product)?.reason).toContain(`collection refers to ${collection}`)
  })

  it("one that is told already is not told again", async () => {
    const { pair, product, collection } = oldShop()
    pair.medusa.edit("collection", collection, { title: "Season 2" })
    pair.medusa.edit("product", product, { subtitle: "New" })
    await pair.settle()
    const told = pair.messages.flatMap(({ records }) => records).filter(({ entity }) => entity === "collection")
    expect(told).toHaveLength(1)
  })
})

describe("what waits and is stopped is in a list", () => {
  /** The collection is left alone for good, and a part of it waits. */
  async function waiting() {
    const { pair, product, collection } = oldShop()
    pair.medusa.edit("collection", collection, { title: "Season 2" })
    await pair.settle()
    const { links } = pair.medusa.table("collection")
    const link = links.get(collection)
    if (link) links.set(collection, { ...link, state: "unlinked" })
    return { pair, product, collection, again: () => link && links.set(collection, link) }
  }

  it("with the record that it waits for, in the counts, the list and the result of a backfill", async () => {
    const { pair, product, collection } = await waiting()
    const done = await backfilled(pair, pair.medusa, { kinds: ["product"] })
    expect(done).toMatchObject({ state: "done", quarantined: 1 })
    const { total, records } = await listQuarantined(pair.medusa.ports, { limit: 10, offset: 0 })
    expect([total, records.map(({ localId }) => localId)]).toEqual([1, [product]])
    expect(records[0]?.reason).toContain(`collection refers to ${collection}`)
    expect((await pair.medusa.ports.observe()).records).toMatchObject({ quarantined: 1, stopped: 1, pending: 0 })
  })

  it("and its own state says so, what it waits for and how that is, on both sides and for its whole", async () => {
    const { pair, product, collection, again } = await waiting()
    pair.medusa.edit("product", product, { subtitle: "New" })
    await pair.settle()
    const of = async (host: MemoryHost, id: string) => {
      const state = (await readStates(host.ports, "product", [id])).get(id)
      if (!state) throw new Error("no state")
      return state
    }
    const here = await of(pair.medusa, product)
    expect(here).toMatchObject({ state: "stopped", cause: "record", heldBy: "other_record" })
    expect(await readNeeded(pair.medusa.ports, "product", here)).toEqual({
      ...{ entity: "collection", localId: collection, title: "Season 2", state: "left_alone" },
    })
    expect(await of(pair.directus, pair.peer("medusa", product))).toMatchObject({ state: "stopped", cause: "peer" })
    again()
    expect(await sendNow(pair.medusa.ports, [{ entity: "product", localId: product }])).toBe(1)
    await pair.settle()
    expect((await of(pair.medusa, product)).state).toBe("synced")
  })

  it("and a part that waits for its whole is stopped with it", async () => {
    const { pair, product } = oldShop()
    const size = pair.medusa.create("variant", { title: "S", sku: "s", product }, false)
    await pair.settle()
    pair.medusa.table("product").links.set(product, {
      ...emptyLink("product", product),
      ...{ state: "quarantined", reason: "rejected_by_host: no", rev: 1, aliveRev: 1 },
    })
    pair.medusa.edit("variant", size, { title: "Small" })
    await pair.settle()
    const state = (await readStates(pair.medusa.ports, "variant", [size])).get(size)
    expect(state).toMatchObject({ state: "stopped", heldBy: "other_record" })
    expect(await readNeeded(pair.medusa.ports, "variant", { reason: state?.reason ?? null })).toMatchObject({
      ...{ entity: "product", localId: product, state: "stopped", title: "Shirt" },
    })
    expect((await readStates(pair.medusa.ports, "product", [product])).get(product)?.parts).toEqual({ stopped: 1 })
  })

  it("and one that waits for nothing by name needs none", async () => {
    const { ports } = oldShop().pair.medusa
    for (const reason of [null, "need_parent: it has no product", "need_parent: nothing refers to x, which is gone"])
      expect(await readNeeded(ports, "product", { reason })).toBeNull()
  })

  it("and is tried again with the others that are stopped", async () => {
    const { pair, product, again } = await waiting()
    await backfilled(pair, pair.medusa, { kinds: ["product"] })
    again()
    expect(await retryQuarantined(pair.medusa.ports)).toBe(1)
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", product))?.["collection"]).toBeDefined()
    expect((await pair.medusa.ports.observe()).records.quarantined).toBe(0)
  })

  it("and is tried again by the next backfill", async () => {
    const { pair, product, again } = await waiting()
    await backfilled(pair, pair.medusa, { kinds: ["product"] })
    again()
    await backfilled(pair, pair.medusa, { kinds: ["product"] })
    expect(pair.row("directus", pair.peer("medusa", product))?.["collection"]).toBeDefined()
  })

  it("and one that a person leaves alone is in it no more", async () => {
    const { pair, product } = await waiting()
    await backfilled(pair, pair.medusa, { kinds: ["product"] })
    await discardRecord(pair.medusa.ports, { entity: "product", localId: product })
    expect((await listQuarantined(pair.medusa.ports, { limit: 10, offset: 0 })).total).toBe(0)
  })
})
