import { expect, it } from "vitest"
import { pushOnce } from "../src/flow/run-push.ts"
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
