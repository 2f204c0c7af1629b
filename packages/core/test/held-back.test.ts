import { describe, expect, it } from "vitest"
import { wakeHeldBack } from "../src/family/parts.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

it("a product gets its collection when the peer has brought that back", async () => {
  const pair = new Pair(resolveConfig())
  const collection = pair.medusa.create("collection", { title: "Summer", handle: "summer" })
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  await pair.settle()
  const { links } = pair.medusa.table("collection")
  pair.medusa.remove("collection", collection)
  await pair.settle()
  expect(links.get(collection)).toMatchObject({ standing: "gone" })
  pair.medusa.restore("collection", collection)
  pair.medusa.edit("product", product, { collection })
  await pair.settle()
  const shirt = pair.row("directus", pair.peer("medusa", product))
  expect(shirt?.["collection"]).toBe(links.get(collection)?.peerId)
  expect(pair.medusa.table("product").links.get(product)).toMatchObject({ heldBack: false })
})

it("a product that waits for a collection which a person has left alone gets it when that is taken up again", async () => {
  const pair = new Pair(resolveConfig())
  const collection = pair.medusa.create("collection", { title: "Summer", handle: "summer" })
  await pair.settle()
  const { links } = pair.medusa.table("collection")
  const link = links.get(collection)
  if (link) links.set(collection, { ...link, state: "unlinked" })
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt", collection })
  await pair.settle()
  const shirt = () => pair.row("directus", pair.peer("medusa", product))
  expect(shirt()).toEqual({ title: "Shirt", handle: "shirt" })
  expect(pair.medusa.table("product").links.get(product)).toMatchObject({ heldBack: true })
  if (link) links.set(collection, { ...link, state: "active" })
  pair.medusa.edit("collection", collection, { title: "Winter" })
  pair.medusa.edit("product", product, { subtitle: "x" })
  await pair.settle()
  expect(shirt()).toMatchObject({ collection: link?.peerId, subtitle: "x" })
})

it("a category that came and went before the peer heard of it holds back nobody", async () => {
  const pair = new Pair(resolveConfig())
  const category = pair.medusa.create("category", { name: "Shirts", handle: "shirts" }, false)
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt", [`categories#${category}`]: true })
  pair.network = () => {
    throw new Error("nobody there")
  }
  await pushOnce(pair.medusa.ports)
  pair.medusa.remove("category", category, false)
  pair.medusa.edit("product", product, { subtitle: "alone" })
  pair.network = () => undefined
  await pair.settle()
  expect(pair.row("directus", pair.peer("medusa", product))).toEqual({
    title: "Shirt",
    handle: "shirt",
    subtitle: "alone",
  })
  expect(pair.medusa.table("product").links.get(product)).toMatchObject({ heldBack: false, attempts: 0 })
})

describe("of many records that wait for others", () => {
  const CASES = 3
  /** Products of as many collections, all of which wait: none of the collections has reached the peer. */
  async function waitingProducts() {
    const pair = new Pair(resolveConfig())
    const collections = Array.from({ length: CASES }, (_, n) =>
      pair.medusa.create("collection", { title: `C${String(n)}`, handle: `c-${String(n)}` }),
    )
    await pair.settle()
    const { links } = pair.medusa.table("collection")
    for (const id of collections) {
      const link = links.get(id)
      if (link) links.set(id, { ...link, state: "unlinked" })
    }
    const products = collections.map((collection, n) =>
      pair.medusa.create("product", { title: `P${String(n)}`, handle: `p-${String(n)}`, collection }),
    )
    await pair.settle()
    const isWaiting = (n: number) => pair.medusa.table("product").links.get(products[n] ?? "")?.heldBack
    expect(collections.map((_, n) => isWaiting(n))).toEqual([true, true, true])
    return { pair, collections, products, isWaiting }
  }

  it("one that arrives wakes those alone that wait for it", async () => {
    const { pair, collections, products, isWaiting } = await waitingProducts()
    await pair.medusa.ports.transaction((tx) =>
      wakeHeldBack(pair.medusa.options.config, tx, "collection", collections.slice(1, 2)),
    )
    const { marks } = pair.medusa.table("product")
    const isDue = (id: string) => (marks.get(id)?.due ?? Infinity) !== Infinity
    expect(products.map(isDue)).toEqual([false, true, false])
    const { links } = pair.medusa.table("collection")
    for (const id of collections) {
      const link = links.get(id)
      if (link) links.set(id, { ...link, state: "active" })
    }
    await pair.settle()
    expect(collections.map((_, n) => isWaiting(n))).toEqual([true, false, true])
  })

  it("each gets its own in the end, whatever the order in which they come", async () => {
    const { pair, collections, products } = await waitingProducts()
    const { links } = pair.medusa.table("collection")
    for (const id of [...collections].reverse()) {
      const link = links.get(id)
      if (link) links.set(id, { ...link, state: "active", acked: 0, aliveRev: link.rev })
      pair.medusa.edit("collection", id, { title: "again" })
      await pair.settle()
    }
    const shown = products.map((id) => pair.row("directus", pair.peer("medusa", id))?.["collection"])
    expect(shown).toEqual(collections.map((id) => links.get(id)?.peerId))
  })
})
