import { describe, expect, it } from "vitest"
import { otherSide, type Side } from "../src/document/value.ts"
import { SyncError } from "../src/errors.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { DeletePolicy } from "../src/mapping/entity.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import type { MemoryHostOptions } from "../src/testing/memory-table.ts"
import { Pair } from "./pair.ts"
import { repairAll, reportDrift } from "./walked.ts"

const SIDES: readonly Side[] = ["medusa", "directus"]
const AMONG = { newAmong: () => Promise.resolve([]) }
const REST = { ...AMONG, rest: () => Promise.resolve(true) }

type Hosts = Partial<Record<Side, Partial<MemoryHostOptions>>>
const AS_THEY_ARE: Hosts = { medusa: { references: "hidden" }, directus: { references: "emptied" } }

const shop = (policy: DeletePolicy, hosts: Hosts = AS_THEY_ARE): Pair =>
  new Pair(resolveConfig({ category: { deletes: { medusa: policy, directus: policy } } }), undefined, hosts)

/** A category with one below it and two products, which both sides have; ids of `side` and of the other one. */
async function filled(pair: Pair, side: Side) {
  const host = pair.host(side)
  const category = host.create("category", { name: "Shirts", handle: "shirts" })
  const below = host.create("category", { name: "White", handle: "white", parent: category })
  const products = ["a", "b"].map((word) =>
    host.create("product", { title: word, handle: word, [`categories#${category}`]: true }),
  )
  await pair.settle()
  const there = (kind: string, id: string): string => host.table(kind).links.get(id)?.peerId ?? ""
  return {
    category,
    below,
    products,
    peers: {
      category: there("category", category),
      below: there("category", below),
      products: products.map((id) => there("product", id)),
    },
  }
}

const membersOf = (pair: Pair, side: Side, category: string): string[] =>
  [...pair.host(side).table("product").rows].filter(([, row]) => row[`categories#${category}`]).map(([id]) => id)

const parentOf = (pair: Pair, side: Side, category: string): unknown =>
  pair.host(side).table("category").rows.get(category)?.["parent"]

describe.each(SIDES)("what is deleted in %s and kept by the other side", (side) => {
  const other = otherSide(side)

  it.each<DeletePolicy>(["ignore", "archive", "unlink"])("keeps its members: %s", async (policy) => {
    const pair = shop(policy)
    const { category, peers } = await filled(pair, side)
    const requests = pair.requests.length
    pair.host(side).remove("category", category)
    await pair.settle()
    expect(membersOf(pair, other, peers.category)).toEqual(peers.products)
    expect(parentOf(pair, other, peers.below)).toBe(peers.category)
    expect(pair.requests.length - requests).toBe(1)
  })

  it("is no drift, and neither a sweep nor a repair nor both sides' greeting empties it", async () => {
    const pair = shop("ignore")
    const { category, below, peers } = await filled(pair, side)
    pair.host(side).remove("category", category)
    await pair.settle()
    for (const each of SIDES) {
      expect(await reportDrift(pair.host(each).ports, AMONG)).toEqual({ count: 0, drifts: [], waiting: 0 })
      expect(await sweepOnce(pair.host(each).ports, REST)).toBe(0)
      await repairAll(pair.host(each).ports, AMONG, { thisSideWins: true })
      await pair.settle()
    }
    expect(membersOf(pair, other, peers.category)).toEqual(peers.products)
    expect(parentOf(pair, other, peers.below)).toBe(peers.category)
    expect(pair.host(side).table("category").links.get(below)?.reason).toBeNull()
  })

  it("gives up a member that a person puts elsewhere, or takes out where it still is", async () => {
    const pair = shop("ignore")
    const { category, below, products, peers } = await filled(pair, side)
    pair.host(side).remove("category", category)
    await pair.settle()
    const brands = pair.host(side).create("category", { name: "Brands", handle: "brands" })
    pair.host(side).edit("category", below, { parent: brands })
    pair.host(other).edit("product", peers.products[0] ?? "", { [`categories#${peers.category}`]: null })
    await pair.settle()
    expect(parentOf(pair, other, peers.below)).toBe(pair.host(side).table("category").links.get(brands)?.peerId)
    expect(membersOf(pair, other, peers.category)).toEqual([peers.products[1]])
    const { fields } =
      pair
        .host(side)
        .table("product")
        .links.get(products[0] ?? "") ?? {}
    expect(fields?.[`categories#${category}`]).not.toHaveProperty("went")
  })

  it("has its members on both sides again when it lives on because of an edit", async () => {
    const pair = shop("ignore")
    const { category, below, products, peers } = await filled(pair, side)
    pair.host(other).edit("category", peers.category, { name: "All shirts" }, false)
    pair.host(side).remove("category", category)
    await pushOnce(pair.host(side).ports)
    await pair.settle()
    expect(membersOf(pair, side, category)).toEqual(products)
    expect(membersOf(pair, other, peers.category)).toEqual(peers.products)
    expect(parentOf(pair, side, below)).toBe(category)
  })

  it("has them again when its row is put back", async () => {
    const pair = shop("archive")
    const { category, below, products, peers } = await filled(pair, side)
    pair.host(side).remove("category", category)
    await pair.settle()
    pair.host(side).restore("category", category)
    await pair.settle()
    expect(membersOf(pair, side, category)).toEqual(products)
    expect(parentOf(pair, side, below)).toBe(category)
    expect(membersOf(pair, other, peers.category)).toEqual(peers.products)
    const { fields } =
      pair
        .host(side)
        .table("product")
        .links.get(products[0] ?? "") ?? {}
    expect(fields?.[`categories#${category}`]).not.toHaveProperty("went")
  })
})

it("a reference that was typed and not told before its record went is told: the peer keeps that record", async () => {
  const pair = shop("ignore")
  const { category, peers } = await filled(pair, "directus")
  const product = pair.directus.create("product", { title: "c", handle: "c" })
  await pair.settle()
  pair.directus.edit("product", product, { [`categories#${category}`]: true })
  pair.network = () => {
    throw new Error("nobody there")
  }
  await pushOnce(pair.directus.ports)
  pair.directus.remove("category", category)
  pair.network = () => undefined
  await pair.settle()
  expect(membersOf(pair, "medusa", peers.category)).toHaveLength(3)
})

it("it is told as empty when the peer has not kept that record either", async () => {
  const pair = shop("ignore")
  const { category, peers } = await filled(pair, "directus")
  const product = pair.directus.create("product", { title: "c", handle: "c" })
  await pair.settle()
  pair.directus.edit("product", product, { [`categories#${category}`]: true, subtitle: "x" })
  pair.network = () => {
    throw new Error("nobody there")
  }
  await pushOnce(pair.directus.ports)
  pair.directus.remove("category", category)
  pair.medusa.remove("category", peers.category)
  pair.network = () => undefined
  await pair.settle()
  const link = pair.directus.table("product").links.get(product)
  expect(link).toMatchObject({ reason: null, heldBack: false, state: "active" })
  expect(link?.fields[`categories#${category}`]).not.toHaveProperty("went")
  expect(pair.row("medusa", link?.peerId ?? "")).toEqual({ title: "c", handle: "c", subtitle: "x" })
})

it("a row whose host does not let it hold the reference again is stopped, and no other one with it", async () => {
  const pair = shop("archive")
  const { category, products } = await filled(pair, "directus")
  pair.directus.remove("category", category)
  await pair.settle()
  const [refused = "", other = ""] = products
  const { transaction } = pair.directus.ports
  pair.directus.ports.transaction = (work) =>
    transaction((tx) =>
      work({
        ...tx,
        documents: {
          ...tx.documents,
          write: (entity, writes) =>
            writes.some(({ localId }) => localId === refused)
              ? Promise.reject(new SyncError("rejected_by_host", "No."))
              : tx.documents.write(entity, writes),
        },
      }),
    )
  pair.directus.restore("category", category)
  await pair.settle()
  expect(membersOf(pair, "directus", category)).toEqual([other])
  expect(pair.directus.table("product").links.get(refused)).toMatchObject({
    state: "quarantined",
    reason: "rejected_by_host: No.",
  })
})

it("an editor's emptying of a reference is an edit, whatever is deleted later", async () => {
  const pair = shop("ignore")
  const { category, products, peers } = await filled(pair, "directus")
  pair.directus.edit("product", products[0] ?? "", { [`categories#${category}`]: null })
  await pair.settle()
  pair.directus.remove("category", category)
  await pair.settle()
  expect(membersOf(pair, "medusa", peers.category)).toEqual([peers.products[1]])
})
