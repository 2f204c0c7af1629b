import { describe, expect, it } from "vitest"
import { otherSide, type Side } from "../src/document/value.ts"
import { receive } from "../src/run/run-apply.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { DeletePolicy } from "../src/mapping/entity.ts"
import { Pair } from "./pair.ts"

/** @param policy - what both sides do with a category or a product that the other one deletes. */
function makePair(policy: DeletePolicy): Pair {
  const deletes = { medusa: policy, directus: policy }
  return new Pair(resolveConfig({ category: { deletes }, product: { deletes } }), undefined, {
    medusa: { unique: "handle", references: "hidden" },
    directus: { references: "emptied" },
  })
}

const SIDES: Side[] = ["medusa", "directus"]
const KEEPING: DeletePolicy[] = ["ignore", "archive"]
const WAYS = SIDES.flatMap((side) => KEEPING.map((policy) => ({ side, policy })))

describe.each(WAYS)("what was made again in $side under the key of one that the other side kept ($policy)", (way) => {
  const { side, policy } = way
  const other = otherSide(side)

  /** A category with a product in it, which `side` has deleted. */
  async function deleted() {
    const pair = makePair(policy)
    const host = pair.host(side)
    const first = host.create("category", { name: "Shirts", handle: "shirts", description: "kept" })
    const product = host.create("product", { title: "a", handle: "a", [`categories#${first}`]: true })
    await pair.settle()
    const kept = host.table("category").links.get(first)?.peerId ?? ""
    const there = pair.peer(side, product)
    host.remove("category", first)
    await pair.settle()
    return { pair, host, first, product, kept, there, table: pair.host(other).table("category") }
  }

  it("is one pair with that, and has what that one has", async () => {
    const { pair, host, product, kept, there, table } = await deleted()
    const again = host.create("category", { name: "Shirts", handle: "shirts" })
    await pair.settle()
    expect(host.table("category").links.get(again)).toMatchObject({ peerId: kept, standing: "alive", state: "active" })
    expect(table.links.get(kept)).toMatchObject({ peerId: again, standing: "alive", state: "active" })
    expect([...table.rows.keys()]).toEqual([kept])
    expect(host.table("category").rows.get(again)).toMatchObject({ description: "kept" })
    expect(pair.row(other, there)?.[`categories#${kept}`]).toBe(true)
    expect(pair.row(side, product)?.[`categories#${again}`]).toBe(true)
  })

  it("loses no text against it that somebody typed there: the mapping decides, and the inbox keeps the other one", async () => {
    const pair = makePair(policy)
    const host = pair.host(side)
    const table = pair.host(other).table("category")
    const first = host.create("category", { name: "Caps", handle: "shirts" })
    await pair.settle()
    const kept = host.table("category").links.get(first)?.peerId ?? ""
    pair.host(other).edit("category", kept, { name: "Shirts" })
    await pair.settle()
    host.remove("category", first)
    await pair.settle()
    const again = host.create("category", { name: "Blouses", handle: "shirts" })
    await pair.settle()
    const names = [host.table("category").rows.get(again)?.["name"], table.rows.get(kept)?.["name"]]
    const lost = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
    const texts = [...new Set(lost.map(({ losingValue }) => losingValue))]
    expect(names[0]).toBe(names[1])
    expect([names[0], ...texts].sort()).toEqual(["Blouses", "Shirts"])
  })

  it("stays that pair when a copy of what the first one told comes late", async () => {
    const { pair, host, kept, table } = await deleted()
    const told = pair.messages.filter(({ from, records }) => from.startsWith(side) && records.length > 0)
    const again = host.create("category", { name: "Shirts", handle: "shirts" })
    await pair.settle()
    const rows = structuredClone([...table.rows])
    for (const message of told) await receive(pair.host(other).ports, message)
    await pair.settle()
    expect([...table.rows]).toEqual(rows)
    expect(table.links.get(kept)).toMatchObject({ peerId: again })
  })

  it("can be deleted and made again once more", async () => {
    const { pair, host, kept, table } = await deleted()
    for (let n = 0; n < 3; n++) {
      const again = host.create("category", { name: "Shirts", handle: "shirts" })
      await pair.settle()
      expect(table.links.get(kept)).toMatchObject({ peerId: again, standing: "alive" })
      host.remove("category", again)
      await pair.settle()
    }
    expect([...table.rows.keys()]).toEqual([kept])
  })

  it("is not guessed at when two of one message could be it", async () => {
    const { pair, host, table, kept } = await deleted()
    if (side === "medusa") return
    const two = [1, 2].map(() => host.create("category", { name: "Shirts", handle: "shirts" }))
    await pair.settle()
    for (const id of two)
      expect(host.table("category").links.get(id)?.reason).toMatch(/^ambiguous_match: .* have the key of/)
    expect(table.links.get(kept)).toMatchObject({ standing: policy === "ignore" ? "ignored" : "archived" })
  })
})

it("a part that is made in another whole under its key leaves nothing in the inbox that nobody typed", async () => {
  const pair = new Pair(
    resolveConfig({ variant: { deletes: { medusa: "propagate", directus: "archive" } } }),
    undefined,
    {
      medusa: { unique: "sku" },
    },
  )
  const [one, two] = ["one", "two"].map((handle) => pair.medusa.create("product", { title: handle, handle }))
  const first = pair.medusa.create("variant", {
    title: "S",
    sku: "s-1",
    material: "wool",
    hs_code: "1",
    product: one ?? "",
  })
  await pair.settle()
  const variants = pair.directus.table("variant")
  const kept = pair.medusa.table("variant").links.get(first)?.peerId ?? ""
  pair.directus.edit("variant", kept, { hs_code: "2" })
  await pair.settle()
  pair.medusa.remove("variant", first)
  await pair.settle()
  const again = pair.medusa.create("variant", {
    title: "M",
    sku: "s-1",
    material: "silk",
    hs_code: "3",
    product: two ?? "",
  })
  await pair.settle()
  expect(variants.links.get(kept)).toMatchObject({ peerId: again, standing: "alive" })
  expect(variants.rows.get(kept)).toMatchObject({
    title: "M",
    material: "silk",
    product: pair.peer("medusa", two ?? ""),
  })
  const inboxes = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
  expect(inboxes).toMatchObject([{ field: "hs_code", losingSide: "directus", losingValue: "2" }])
})

it("the parts of a product that was made again are those that were kept, by their keys", async () => {
  const pair = makePair("archive")
  const shirt = pair.directus.create("product", { title: "Shirt", handle: "shirt", status: "published" })
  const part = (product: string) => pair.directus.create("variant", { title: "S", sku: "s-1", product })
  part(shirt)
  await pair.settle()
  const kept = pair.peer("directus", shirt)
  const variants = [...pair.medusa.table("variant").rows.keys()]
  pair.directus.remove("product", shirt)
  await pair.settle()
  expect(pair.row("medusa", kept)).toMatchObject({ status: "draft" })

  const again = pair.directus.create("product", { title: "Shirt", handle: "shirt", status: "draft" })
  const variant = part(again)
  await pair.settle()
  expect(pair.peer("directus", again)).toBe(kept)
  expect([...pair.medusa.table("variant").rows.keys()]).toEqual(variants)
  expect(pair.directus.table("variant").links.get(variant)?.peerId).toBe(variants[0])
  // What the archive had covered is of the one that is gone: nothing goes on sale by itself.
  expect(pair.row("medusa", kept)).toMatchObject({ status: "draft" })
})

it("what was told of a part of the one before stays old, also when a copy of it comes late", async () => {
  const pair = makePair("archive")
  const kept = pair.medusa.create("product", { title: "Shirt", handle: "shirt", status: "published" })
  const variant = pair.medusa.create("variant", { title: "S", sku: "s-1", product: kept })
  await pair.settle()
  const told = pair.messages.filter(({ from, records }) => from.startsWith("medusa") && records.length > 0)
  pair.medusa.remove("variant", variant)
  await pair.settle()
  pair.directus.remove("product", pair.peer("medusa", kept))
  await pair.settle()
  const again = pair.directus.create("product", { title: "Shirt", handle: "shirt", status: "draft" })
  await pair.settle()
  expect(pair.peer("directus", again)).toBe(kept)
  for (const message of told) await receive(pair.directus.ports, message)
  await pair.settle()
  expect([...pair.directus.table("variant").rows]).toEqual([])
})

it("what was kept and made again by its own side too is told from the one that is gone", async () => {
  const pair = makePair("ignore")
  const first = pair.directus.create("category", { name: "Shirts", handle: "shirts" })
  await pair.settle()
  const kept = pair.directus.table("category").links.get(first)?.peerId ?? ""
  pair.directus.remove("category", first)
  await pair.settle()
  pair.medusa.edit("category", kept, { description: "goes on" })
  const again = pair.directus.create("category", { name: "Shirts", handle: "shirts" })
  await pair.settle()
  const present = [...pair.directus.table("category").rows.keys()]
  const paired = pair.medusa.table("category").links.get(kept)?.peerId
  expect(present).toContain(paired)
  expect(pair.directus.table("category").links.get(paired ?? "")).toMatchObject({ peerId: kept, state: "active" })
  expect(pair.directus.table("category").links.get(again)?.reason ?? "not_unique").toMatch(/^not_unique/)
})
