import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

it("a part that cannot be made anew from what its author typed is made from what the author types next", async () => {
  const pair = new Pair(resolveConfig())
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  const variant = pair.medusa.create("variant", { title: "S", product })
  await pair.settle()
  const item = pair.medusa.table("variant").links.get(variant)?.peerId ?? ""
  Object.assign(pair.medusa.options, {
    rewrite: (field: string, value: string) => {
      if (value === "refused") throw new SyncError("rejected_by_host", "no")
      return value
    },
  })

  // Nobody saw it go; then its product goes, so that it counts as gone with that one.
  pair.medusa.remove("variant", variant, false)
  pair.medusa.remove("product", product)
  pair.network = () => {
    throw new Error("lost")
  }
  await pushOnce(pair.medusa.ports)
  const { links, rows } = pair.medusa.table("variant")
  expect(links.get(variant)).toMatchObject({ standing: "along" })
  pair.network = () => undefined
  pair.medusa.restore("product", product)
  pair.directus.edit("variant", item, { title: "refused" })
  await pushOnce(pair.directus.ports)
  expect(links.get(variant)).toMatchObject({ standing: "along", snapshot: { title: "refused" } })
  pair.now += 60_000
  await pair.settle()
  expect(links.get(variant)).toMatchObject({ state: "quarantined", reason: "rejected_by_host: no" })

  pair.directus.edit("variant", item, { title: "taken" })
  await pair.settle()
  expect(rows.get(variant)).toMatchObject({ title: "taken", product })
  expect(links.get(variant)).toMatchObject({ state: "active", standing: "alive" })
  expect(pair.directus.table("variant").rows.get(item)).toMatchObject({ title: "taken" })
})

it("a part that cannot be made anew because another one has its value is made when that value becomes free", async () => {
  const pair = new Pair(resolveConfig(), undefined, { medusa: { unique: "sku" } })
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  const variant = pair.medusa.create("variant", { title: "S", sku: "s-1", product })
  await pair.settle()
  const { links, rows } = pair.medusa.table("variant")
  pair.medusa.remove("product", product)
  await pair.settle()
  expect(links.get(variant)).toMatchObject({ standing: "along" })
  const other = pair.medusa.create("product", { title: "Trousers", handle: "trousers" })
  const rival = pair.medusa.create("variant", { title: "S", sku: "s-1", product: other })
  pair.medusa.restore("product", product)
  await pair.settle()
  const reason = expect.stringMatching(/^not_unique: /) as string
  expect(links.get(variant)).toMatchObject({ state: "quarantined", reason })

  pair.medusa.edit("variant", rival, { sku: "t-1" })
  await pair.settle()
  expect(rows.get(variant)).toMatchObject({ sku: "s-1", product })
  expect(links.get(variant)).toMatchObject({ state: "active", standing: "alive", reason: null, heldBack: false })
})

describe("a part that is made while its whole is archived", () => {
  /** The shop keeps a product that the editors have deleted, and somebody makes a variant in it. */
  const made = async () => {
    const pair = new Pair(resolveConfig())
    const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
    await pair.settle()
    const item = pair.peer("medusa", product)
    pair.directus.remove("product", item)
    await pair.settle()
    expect(pair.medusa.table("product").links.get(product)).toMatchObject({ standing: "archived" })
    const variant = pair.medusa.create("variant", { title: "S", product })
    await pair.settle()
    return { pair, item, variant }
  }
  const titles = ({ directus }: Pair) => [...directus.table("variant").rows.values()].map(({ title }) => title)

  it("arrives when that one is back, whoever brings it back", async () => {
    const { pair, item } = await made()
    expect(titles(pair)).toEqual([])
    pair.directus.restore("product", item)
    await pair.settle()
    expect(titles(pair)).toEqual(["S"])
  })

  it("and leaves nothing behind when it is deleted before that", async () => {
    const { pair, item, variant } = await made()
    pair.medusa.remove("variant", variant)
    await pair.settle()
    pair.directus.restore("product", item)
    await pair.settle()
    expect([titles(pair), pair.medusa.table("variant").links.get(variant)]).toEqual([[], undefined])
  })
})
