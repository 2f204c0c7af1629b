import { describe, expect, it } from "vitest"
import { otherSide, type Document, type Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { receive } from "../src/run/run-apply.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const SIDES: Side[] = ["medusa", "directus"]
const lost = (pair: Pair) => [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]

/** A product with two pictures, each with an alt text that an editor has typed in Directus. */
async function pictured(side: Side) {
  const pair = new Pair(resolveConfig())
  const host = pair.host(side)
  const product = host.create("product", { title: "Shirt", handle: "shirt", status: "published" })
  const make = (url: string, more: Document = {}) => host.create("image", { product, url, ...more })
  const first = ["a", "b"].map((url, rank) => make(url, { rank }))
  await pair.settle()
  const there = pair.host(otherSide(side)).table("image")
  const kept = first.map((id) => host.table("image").links.get(id)?.peerId ?? "")
  for (const [i, id] of (side === "medusa" ? kept : first).entries())
    pair.directus.edit("image", id, { alt: `alt ${String(i)}` })
  await pair.settle()
  const removeAll = () => {
    for (const id of [...host.table("image").rows.keys()]) host.remove("image", id)
  }
  return { pair, host, product, make, removeAll, first, kept, there, here: host.table("image") }
}

describe.each(SIDES)("parts that %s removes and makes anew under their keys before it tells of either", (side) => {
  it("are the same parts on the other side, with what was typed of them", async () => {
    const { pair, make, removeAll, kept, there, here } = await pictured(side)
    removeAll()
    const again = ["b", "a"].map((url, rank) => make(url, { rank }))
    await pair.settle()
    expect([...there.rows.keys()].sort()).toEqual([...kept].sort())
    expect(kept.map((id) => there.rows.get(id))).toMatchObject([
      { url: "a", alt: "alt 0", rank: 1 },
      { url: "b", alt: "alt 1", rank: 0 },
    ])
    expect(again.map((id) => here.rows.get(id))).toMatchObject([
      { url: "b", alt: "alt 1", rank: 0 },
      { url: "a", alt: "alt 0", rank: 1 },
    ])
    expect(again.map((id) => here.links.get(id)?.peerId)).toEqual([...kept].reverse())
    // The rank is no one's loss: both sides knew the one before.
    expect(lost(pair)).toEqual([])
  })

  it("keep an edit of the other side that was not told yet", async () => {
    const { pair, host, make, removeAll, kept, there, here } = await pictured(side)
    pair.host(otherSide(side)).edit("image", kept[0] ?? "", { alt: "typed meanwhile" })
    removeAll()
    const [again] = [make("a"), make("b")]
    await pushOnce(host.ports)
    await pair.settle()
    expect(there.rows.get(kept[0] ?? "")).toMatchObject({ alt: "typed meanwhile" })
    expect(here.rows.get(again)).toMatchObject({ alt: "typed meanwhile" })
  })

  it("are told apart by their order when two have one key", async () => {
    const { pair, make, removeAll, there, here } = await pictured(side)
    removeAll()
    const twins = [make("a"), make("a"), make("b")]
    await pair.settle()
    expect(there.rows.size).toBe(3)
    expect(twins.map((id) => here.links.get(id)?.state)).toEqual(["active", "active", "active"])
    const alts = twins.map((id) => here.rows.get(id)?.["alt"])
    expect(alts.filter(Boolean).sort()).toEqual(["alt 0", "alt 1"])
  })

  it("stay so when copies of what was told come late", async () => {
    const { pair, host, make, removeAll, there, here } = await pictured(side)
    removeAll()
    const again = [make("a"), make("b")]
    await pair.settle()
    const told = pair.messages.filter(({ from, records }) => from.startsWith(side) && records.length > 0)
    const rows = structuredClone([...there.rows])
    for (const message of told) await receive(pair.host(otherSide(side)).ports, message)
    await pair.settle()
    expect([...there.rows]).toEqual(rows)
    host.edit("image", again[0] ?? "", { alt: "later" })
    await pair.settle()
    expect(there.rows.get(here.links.get(again[0] ?? "")?.peerId ?? "")).toMatchObject({ alt: "later" })
  })

  it("go when nothing was made in their place", async () => {
    const { pair, make, removeAll, there, kept } = await pictured(side)
    removeAll()
    make("b")
    await pair.settle()
    expect([...there.rows.keys()]).toEqual([kept[1]])
  })
})

it("a variant that Medusa makes anew with less loses that, and nothing of it is told back", async () => {
  const pair = new Pair(resolveConfig())
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  const make = (more: Document) => pair.medusa.create("variant", { product, sku: "s-1", title: "S", ...more })
  const first = make({ ean: "4006381333931", "options#Size": "S", stock: 7 })
  await pair.settle()
  const kept = pair.medusa.table("variant").links.get(first)?.peerId ?? ""
  pair.directus.edit("variant", kept, { material: "wool" })
  await pair.settle()
  pair.medusa.remove("variant", first)
  const again = make({ "options#Colour": "red" })
  await pair.settle()
  const rows = pair.directus.table("variant").rows
  expect([...rows.keys()]).toEqual([kept])
  expect(rows.get(kept)).toEqual({
    product: pair.peer("medusa", product),
    sku: "s-1",
    title: "S",
    "options#Colour": "red",
    material: "wool",
  })
  expect(pair.medusa.table("variant").rows.get(again)).toMatchObject({ material: "wool" })
  expect(pair.medusa.table("variant").rows.get(again)).not.toHaveProperty("ean")
  expect(lost(pair)).toEqual([])
})
