import { describe, expect, it } from "vitest"
import { againstRival } from "../src/flow/changed-pairs.ts"
import { emptyLink, tombstoneOf, type Link } from "../src/link/link.ts"
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
    ["both are there: a person decides", link("m2"), link("m1", { peerId: "d1", ...TOLD }), "both"],
  ])("%s", (_, own, rival, verdict) => {
    expect(againstRival(own, rival, "d1")).toBe(verdict)
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
