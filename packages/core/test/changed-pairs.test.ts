import { describe, expect, it } from "vitest"
import { againstRival } from "../src/flow/changed-pairs.ts"
import { emptyLink, tombstoneOf, type Link } from "../src/link/link.ts"

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
