import { describe, expect, it } from "vitest"
import { againstRival } from "../src/family/changed-pairs.ts"
import { forSuccessor } from "../src/apply/ended-pairs.ts"
import { envelope } from "../src/send/envelope.ts"
import { recordReply } from "../src/send/record-reply.ts"
import { emptyLink, tombstoneOf, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { record, receiver } from "./receiver.ts"

const link = (localId: string, more: Partial<Link> = {}): Link => ({ ...emptyLink("product", localId), ...more })
const GONE = { standing: "gone" } as const
const TOLD = { aliveRev: 1, acked: 1 }

describe("two records that have one peer by an answer", () => {
  it.each<[string, Link, Link, ReturnType<typeof againstRival>]>([
    ["one was deleted before it was seen", link("m1"), tombstoneOf("product", "d1", 3), "buried"],
    ["one has gone, and this one was made in its place", link("m2"), link("m1", { peerId: "d1", ...GONE }), "takes"],
    ["this one had it and has gone", link("m1", { peerId: "d1", ...GONE }), link("m2", { peerId: "d1" }), "yields"],
    ["both have gone, and this one had it", link("m1", { peerId: "d1", ...GONE }), link("m2", GONE), "yields"],
    ["one has come back, unheard", link("m2"), link("m1", { peerId: "d1", aliveRev: 2, acked: 1 }), "waits"],
    ["this one has gone and comes late", link("m2", GONE), link("m1", { peerId: "d1", ...TOLD }), "yields"],
    ["both are there: a person decides", link("m2"), link("m1", { peerId: "d1", ...TOLD, seen: 2 }), "both"],
    [
      "and the peer has spoken of the other one before",
      link("m2"),
      link("m1", { peerId: "d1", ...TOLD, seen: 1 }),
      "takes",
    ],
  ])("%s", (_, own, rival, verdict) => {
    expect(againstRival(own, rival, "d1", 2)).toBe(verdict)
  })
})

describe("a record of a message", () => {
  /** `d1` is the pair of `m1`, of which so much was heard, and `d2` of nobody. */
  const paired = (seen: number) => {
    const { results, directus } = receiver()
    const { links, rows, byPeer } = directus.table("product")
    rows.set("d1", { title: "Shirt", handle: "shirt" })
    byPeer.set("m1", "d1")
    for (const [id, more] of [
      ["d1", { peerId: "m1", seen }],
      ["d2", {}],
    ] as const)
      links.set(id, { ...emptyLink("product", id), rev: 1, ...more })
    return { results, links }
  }

  it("that names another one than it is paired with here has got another one since", async () => {
    const { results, links } = paired(0)
    expect(await results(record({ peer: "d2" }))).toMatchObject([{ peer: "d2" }])
    expect([links.get("d1")?.peerId, links.get("d2")?.peerId]).toEqual([null, "m1"])
  })

  it("is answered with the pair when what names another one is older than that", async () => {
    const { results, links } = paired(1)
    expect(await results(record({ peer: "d2" }))).toMatchObject([{ st: "stale", peer: "d1" }])
    expect(links.get("d2")?.peerId).toBeNull()
  })

  it("that names one which nobody knows is asked for as a whole, and the pair of before is none", async () => {
    const { results, links } = paired(0)
    expect(await results(record({ peer: "d9" }))).toMatchObject([{ st: "need_full" }])
    expect(links.get("d1")?.peerId).toBeNull()
    expect(links.get("tombstone:m1")).toMatchObject({ peerId: "m1", standing: "gone" })
  })
})

it("what was kept is new to the one that takes the place of its peer, but for what the archive covers where that one says it", () => {
  const product = resolveConfig().entities.get("product")
  if (!product) throw new Error("no product")
  const fields = { title: { fp: "t", r: 0 }, status: { fp: "s", r: 0 } }
  const kept = link("d1", { peerId: "m1", standing: "archived", rev: 3, acked: 3, fields })
  const told = (more: Partial<WireRecord>) =>
    Object.entries(forSuccessor(product, "directus", kept, record(more)).fields).flatMap(([name, { r }]) =>
      r > 0 ? name : [],
    )
  expect(told({ fields: { status: ["published", 1] } })).toEqual(["title"])
  expect(told({ fields: {} })).toEqual(["title", "status"])
})

describe("whoever refers to a record that has lost its pair to another one says so again", () => {
  /** `d1` is the pair of `m1`, `d2` of nobody; what refers to each was told. */
  const referring = () => {
    const { results, directus } = receiver()
    const { links, rows, byPeer } = directus.table("category")
    byPeer.set("m1", "d1")
    for (const [id, more] of [
      ["d1", { peerId: "m1", ...TOLD, seen: 1 }],
      ["d2", { announced: "handle=skirts", aliveRev: 1 }],
    ] as const) {
      rows.set(id, { name: id, handle: id })
      links.set(id, { ...emptyLink("category", id), rev: 1, ...more })
    }
    const fields = { "categories#d1": { fp: "t", r: 1 }, "categories#d2": { fp: "t", r: 1 } }
    const products = directus.table("product")
    products.links.set("p1", link("p1", { peerId: "m9", rev: 1, acked: 1, fields }))
    products.rows.set("p1", { title: "p", handle: "p", "categories#d1": true, "categories#d2": true })
    const told = () =>
      Object.entries(products.links.get("p1")?.fields ?? {}).flatMap(([name, { r }]) => (r > 1 ? name : []))
    return { results, directus, links, told, marked: () => [...products.marks.keys()] }
  }
  it("by a message that names the other one", async () => {
    const { results, links, told, marked } = referring()
    await results(record({ entity: "category", fields: { name: ["Shirts", 2] }, peer: "d2", rev: 2 }))
    expect(links.get("d1")?.peerId).toBeNull()
    expect(told()).toEqual(["categories#d1"])
    expect(marked()).toEqual(["p1"])
  })

  it("by an answer that names it for the other one", async () => {
    const { directus, links, told, marked } = referring()
    const sent = record({ entity: "category", id: "d2", key: { field: "handle", value: "skirts" }, full: true })
    const message = envelope(directus.ports, directus.control, [sent])
    const marks = [{ entity: "category", localId: "d2", n: 1 }]
    const results = [{ st: "created" as const, ack: 1, peer: "m1", rev: 2 }]
    await recordReply(directus.ports, { message, marks }, { kind: "results", results, epoch: "e" })
    expect([links.get("d1")?.peerId, links.get("d2")?.peerId]).toEqual([null, "m1"])
    expect(told()).toEqual(["categories#d1"])
    expect(marked()).toEqual(["p1"])
  })
})
