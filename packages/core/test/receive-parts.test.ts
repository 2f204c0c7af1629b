import { describe, expect, it } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import { SyncError } from "../src/errors.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { findDrift } from "../src/repair/sweep.ts"
import { type Drift } from "../src/operate/job.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"
import { record, receiver } from "./receiver.ts"

describe("parts", () => {
  /** A product with variants, on both sides. */
  async function family(variants: string[]) {
    const pair = new Pair(resolveConfig())
    const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
    const ids = variants.map((title) => pair.medusa.create("variant", { title, product }))
    await pair.settle()
    const { links } = pair.directus.table("variant")
    const theirs = ids.map((id) => [...links.values()].find(({ peerId }) => peerId === id)?.localId ?? "")
    return { pair, product, ids, theirs, item: pair.peer("medusa", product), links }
  }

  it("that a host removes with their parent are made anew when it is back, each by itself (I8)", async () => {
    const { pair, item, theirs, links } = await family(["S", "M", "L"])
    pair.directus.remove("product", item)
    await pair.settle()
    const medusa = pair.medusa.table("product")
    const [id = ""] = [...medusa.rows.keys()]
    const rewrite = pair.directus.options.rewrite
    Object.assign(pair.directus.options, {
      rewrite: (field: string, value: string) => {
        if (value === "M") throw new SyncError("rejected_by_host", "no more of M")
        if (value === "L") throw new Error("canary")
        return value
      },
    })
    pair.medusa.edit("product", id, { status: "published" })
    await pair.settle()
    Object.assign(pair.directus.options, { rewrite })
    const states = theirs.map((each) => links.get(each))
    expect(states.map((link) => link?.standing)).toEqual(["alive", "along", "along"])
    expect(states[1]).toMatchObject({ state: "quarantined", reason: "rejected_by_host: no more of M" })
    expect(states[2]).toMatchObject({ state: "quarantined", reason: "internal: The record could not be made anew." })
    expect(pair.directus.table("variant").rows.get(theirs[0] ?? "")).toMatchObject({ title: "S", product: item })
  })

  it("whose last values are not known any more come back from the other side", async () => {
    const { pair, product, item, theirs, ids, links } = await family(["S"])
    pair.directus.remove("product", item)
    await pair.settle()
    const [id = ""] = theirs
    const link = links.get(id)
    if (link) links.set(id, { ...link, snapshot: null })
    pair.medusa.edit("product", product, { status: "published" })
    await pair.settle()
    const [back] = [...links.values()].filter(({ peerId }) => peerId === ids[0])
    expect(back).toMatchObject({ standing: "alive" })
    expect(pair.directus.table("variant").rows.get(back?.localId ?? "")).toMatchObject({ title: "S", product: item })
    expect(pair.medusa.table("variant").rows.has(ids[0] ?? "")).toBe(true)
  })

  it("that went with their parent come back in the one to which the peer has moved them", async () => {
    const { pair, product, item, theirs, ids } = await family(["S", "M"])
    const other = pair.medusa.create("product", { title: "Dress", handle: "dress" })
    await pair.settle()
    const [moved = "", stays = ""] = theirs
    pair.medusa.remove("product", product)
    pair.directus.edit("variant", moved, { product: pair.peer("medusa", other) })
    pair.directus.edit("variant", stays, { sku: "M-1" })
    await pair.settle()
    const { rows, links: own } = pair.medusa.table("variant")
    const [link] = [...own.values()].filter(({ peerId }) => peerId === moved)
    expect(rows.get(link?.localId ?? "")).toMatchObject({ title: "S", product: other })
    expect(link).toMatchObject({ standing: "alive", state: "active", reason: null })
    expect(pair.directus.table("variant").links.get(moved)).toMatchObject({ state: "active", reason: null })
    expect(rows.has(ids[1] ?? ""), "the one that stays rests with its product").toBe(false)
    expect(pair.directus.table("variant").rows.get(stays)).toMatchObject({ sku: "M-1", product: item })
  })

  const look = async (pair: Pair): Promise<Drift[]> => {
    const found: Drift[] = []
    const options = { newAmong: (_: string, ids: string[]) => Promise.resolve(ids), rest: () => Promise.resolve(true) }
    await findDrift(pair.directus.ports, options, (drifts) => found.push(...drifts))
    return found
  }

  it("whose parent rests are no drift, and those of others are", async () => {
    const { pair, product, theirs } = await family(["S"])
    const [id = ""] = theirs
    pair.directus.edit("variant", id, { title: "by SQL" }, false)
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "changed", fields: ["title"] }])
    pair.medusa.remove("product", product)
    await pair.settle()
    expect(await look(pair)).toEqual([])
  })

  it("that did not come back with their parent are drift, and so is a record that came back unseen", async () => {
    const { pair, item, theirs, links } = await family(["S"])
    const [id = ""] = theirs
    const link = links.get(id)
    if (!link) throw new Error("no link")
    const { rows } = pair.directus.table("variant")
    const row = rows.get(id) ?? {}
    rows.delete(id)
    links.set(id, { ...link, standing: "along" })
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "gone" }])
    links.set(id, { ...link, standing: "along", parentId: null })
    expect(await look(pair)).toEqual([])
    links.set(id, { ...link, standing: "gone" })
    rows.set(id, row)
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "back" }])
    links.set(id, { ...link, state: "unlinked" })
    rows.set(id, { ...row, title: "x" })
    expect(await look(pair)).toEqual([])
    expect(item).toBeTruthy()
  })
})

describe("the part of a record that the peer tells of", () => {
  const fields = (document: Record<string, string>) =>
    Object.fromEntries(Object.entries(document).map(([name, value]) => [name, { fp: fingerprint(value), r: 1 }]))
  const [SHIRT, SIZE] = [{ title: "Shirt" }, { title: "S", product: "d1" }]
  const known = { rev: 3, acked: 3, seen: 4, aliveRev: 1 }

  /** What becomes of the part d2, which is there unless it went along, when the peer tells of d1. */
  async function partAfter(above: Partial<Link>, message: Partial<WireRecord>, part: Partial<Link> = {}) {
    const { results, directus } = receiver()
    const [products, variants] = [directus.table("product"), directus.table("variant")]
    products.rows.set("d1", above.standing === "archived" ? { ...SHIRT, status: "archived" } : SHIRT)
    const whole = { ...emptyLink("product", "d1"), ...known, peerId: "m1", fields: fields(SHIRT) }
    products.links.set("d1", { ...whole, ...above })
    products.byPeer.set("m1", "d1")
    if (part.standing !== "along") variants.rows.set("d2", SIZE)
    const own = { ...emptyLink("variant", "d2"), ...known, peerId: "m2", parentId: "d1", fields: fields(SIZE) }
    variants.links.set("d2", { ...own, ...part })
    await results(record({ peer: "d1", full: false, key: null, seen: 3, rev: 6, fields: {}, ...message }))
    const { rev, aliveRev, standing } = variants.links.get("d2") ?? own
    return { rev, aliveRev, standing, isMarked: variants.marks.has("d2") }
  }
  const AS_BEFORE = { rev: 3, aliveRev: 1, standing: "alive", isMarked: false }
  const TOLD_ANEW = { rev: 4, aliveRev: 4, standing: "alive", isMarked: true }
  const EDIT: Partial<WireRecord> = { fields: { title: ["Hemd", 6] } }
  const BACK: Partial<WireRecord> = { alive_rev: 6 }
  const END: Partial<WireRecord> = { alive: false, alive_rev: 6 }
  const ALONG: Partial<Link> = { standing: "along", snapshot: SIZE }

  it("is as it was after an edit, or the end of a record whose parts stay", async () => {
    expect(await partAfter({}, EDIT)).toEqual(AS_BEFORE)
    expect(await partAfter({}, END)).toEqual(AS_BEFORE)
  })

  it("is as it was while its whole waits to be told as brought back, whatever else the peer says of that", async () => {
    expect(await partAfter({ rev: 5, aliveRev: 5 }, EDIT)).toEqual(AS_BEFORE)
  })

  it("is told anew when its whole lives on against the peer's delete, or is back there without having gone here", async () => {
    const edited = { rev: 5, fields: { title: { fp: fingerprint("Shirt"), r: 5 } } }
    expect(await partAfter(edited, END)).toEqual(TOLD_ANEW)
    expect(await partAfter({}, BACK)).toEqual(TOLD_ANEW)
  })

  it("comes back quietly with a whole that the peer brought back, and is made anew where it is gone", async () => {
    const archived: Partial<Link> = {
      standing: "archived",
      snapshot: SHIRT,
      aliveRev: 0,
      fields: { ...fields(SHIRT), status: { fp: fingerprint("archived"), r: 0 } },
    }
    expect(await partAfter(archived, BACK)).toEqual({ ...AS_BEFORE, isMarked: true })
    expect(await partAfter(archived, BACK, ALONG)).toEqual({ ...AS_BEFORE, standing: "along", isMarked: true })
    expect(await partAfter({ ...archived, rev: 5, aliveRev: 5 }, BACK)).toEqual(TOLD_ANEW)
  })
})

describe("those that wait for a record", () => {
  /** Is a variant that is held back looked at again, after the peer told of a product? */
  async function woken(row: boolean, before: Partial<Link> | null, more: Partial<WireRecord> = {}): Promise<boolean> {
    const { results, directus } = receiver()
    const { links, rows, byPeer } = directus.table("product")
    if (row) rows.set("d1", { title: "Shirt", handle: "shirt" })
    if (before) links.set("d1", { ...emptyLink("product", "d1"), rev: 3, acked: 3, seen: 4, aliveRev: 1, ...before })
    if (before?.peerId) byPeer.set(before.peerId, "d1")
    const refers = (id: string): Partial<Link> => ({
      heldBack: true,
      fields: { product: { fp: fingerprint(id), r: 1 } },
    })
    directus.table("variant").links.set("d9", { ...emptyLink("variant", "d9"), ...refers("d1") })
    directus.table("variant").links.set("d8", { ...emptyLink("variant", "d8"), ...refers("d7") })
    const [result] = await results(record(more))
    expect(result?.st).toMatch(/^(ok|created)$/)
    expect(directus.table("variant").marks.has("d8")).toBe(false)
    return directus.table("variant").marks.has("d9")
  }

  it("look again when it is linked, or has come back", async () => {
    expect(await woken(true, null)).toBe(true)
    expect(await woken(true, { peerId: null, acked: 0, seen: 0 })).toBe(true)
    const archived = { peerId: "m1", standing: "archived", snapshot: { title: "Shirt" } } as const
    expect(await woken(true, archived, { peer: "d1", full: false, rev: 6, alive_rev: 6, fields: {} })).toBe(true)
  })

  it("do not after an edit of it, or its end", async () => {
    const edit = { peer: "d1", full: false, rev: 6, fields: { title: ["Hemd", 6] as [string, number] } }
    expect(await woken(true, { peerId: "m1" }, edit)).toBe(false)
    const end = { peer: "d1", full: false, rev: 6, alive: false, alive_rev: 6, fields: {} }
    expect(await woken(true, { peerId: "m1" }, end)).toBe(false)
    expect(await woken(false, null, { alive: false })).toBe(false)
  })
})

it("a link without a row or a peer is no drift of any kind", async () => {
  const { directus, pair } = receiver()
  directus.table("product").links.set("d7", { ...emptyLink("product", "d7"), standing: "gone" })
  const found: Drift[] = []
  const options = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
  await findDrift(pair.directus.ports, options, (drifts) => found.push(...drifts))
  expect(found).toEqual([])
})
