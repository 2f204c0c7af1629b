import { describe, expect, it } from "vitest"
import { NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import {
  asUntold,
  emptyLink,
  firstRev,
  isBlocked,
  isUnanswered,
  leapOver,
  needsPush,
  forgetPeer,
  tellAgain,
  type Link,
} from "../src/link/link.ts"
import { planRepair } from "../src/repair/plan-repair.ts"

const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "m1"),
  peerId: "d1",
  rev: 7,
  acked: 5,
  seen: 3,
  aliveRev: 1,
  fields: {
    told: { fp: "a", r: 4 },
    news: { fp: "b", r: 7 },
    theirs: { fp: "c", r: 0 },
    empty: { fp: NULL_FINGERPRINT, r: 2 },
  },
  ...more,
})
const theirs = (seen: number, peer = "m1") => ({ entity: "product", id: "d1", peer, seen, acked: 3 })
const revs = ({ fields }: Link) => Object.fromEntries(Object.entries(fields).map(([name, { r }]) => [name, r]))

describe("a pair whose sides do not agree", () => {
  it("needs nothing here when the peer has taken in what this side believes", () => {
    expect(planRepair(link(), theirs(5), false, false)).toEqual({ kind: "none" })
  })

  it.each([[null], [theirs(5, "m9")]])("whose link the peer has lost announces all of it anew: %j", (state) => {
    const repair = planRepair(link({ announced: "x", awaiting: "x", promised: "x" }), state, false, true)
    expect(repair).toMatchObject({
      kind: "repaired",
      tell: true,
      reason: "the other side has lost its link",
      link: { peerId: null, announced: null, awaiting: null, promised: null, acked: 0, seen: 0, rev: 8, aliveRev: 8 },
    })
    // What is empty here and was told is nothing that a new record lacks.
    expect(repair.kind === "repaired" && revs(repair.link)).toEqual({ told: 8, news: 8, theirs: 8, empty: 0 })
  })

  it.each([[null], [theirs(5, "m9")]])("that the peer may only not know yet is left as it is: %j", (state) => {
    expect(planRepair(link(), state, false, false)).toEqual({ kind: "none" })
  })

  it.each([
    ["archived", false],
    ["ignored", false],
    ["gone", true],
    ["along", true],
  ] as const)("and that is %s here is told: %s, and its end is no news", (standing, tell) => {
    expect(planRepair(link({ standing }), null, false, true)).toMatchObject({
      tell,
      link: { aliveRev: 0, peerId: null },
    })
  })

  it("leaps over what this database has forgotten, and tells what is new above it", () => {
    const repair = planRepair(link(), theirs(20), true, false)
    expect(repair).toMatchObject({ kind: "repaired", tell: true, link: { rev: 21, acked: 20, aliveRev: 1 } })
    expect(repair.kind === "repaired" && revs(repair.link)).toEqual({ told: 4, news: 21, theirs: 0, empty: 2 })
    expect(repair).toMatchObject({ reason: "this side was restored from a backup" })
  })

  it("tells the peer again what it has forgotten, what is empty too", () => {
    const repair = planRepair(link(), theirs(2), false, false)
    expect(repair).toMatchObject({
      kind: "repaired",
      tell: true,
      reason: "the other side was restored from a backup",
      link: { rev: 8, acked: 2, aliveRev: 8 },
    })
    expect(repair.kind === "repaired" && revs(repair.link)).toEqual({ told: 8, news: 8, theirs: 8, empty: 8 })
  })

  it("takes an answer that was lost as given", () => {
    const lost = (seen: number, restored: boolean) => planRepair(link(), theirs(seen), restored, false)
    expect(lost(7, false)).toMatchObject({ tell: false, link: { acked: 7, rev: 7 }, reason: "an answer was lost" })
    expect(lost(6, true)).toMatchObject({ tell: false, reason: "this side was restored from a backup" })
  })

  it("77: tries what is stopped once more when the answer that was lost is found: it may be one value now that is refused", () => {
    const stopped = planRepair(link({ state: "quarantined" }), theirs(7), false, false)
    expect(stopped).toMatchObject({ tell: true, link: { acked: 7, state: "quarantined" } })
  })

  it("33: leaps over where it begins when the peer has seen that rev: of the restore before, to the same backup", () => {
    const repair = planRepair(link(), theirs(7), true, false)
    expect(repair).toMatchObject({ kind: "repaired", tell: true, link: { rev: 8, acked: 7 } })
    expect(repair.kind === "repaired" && revs(repair.link)).toMatchObject({ told: 4, news: 8 })
  })
})

describe("what is told again", () => {
  it("gets a rev above all that either side knows, and only fields that this side may tell", () => {
    const again = tellAgain(link(), 30, (name) => name !== "theirs")
    expect(again).toMatchObject({ rev: 31, aliveRev: 31, acked: 5 })
    expect(revs(again)).toEqual({ told: 31, news: 31, theirs: 0, empty: 31 })
    expect(tellAgain(link(), 2).acked).toBe(2)
  })

  it("of an empty field that was never told is that it is empty", () => {
    expect(revs(asUntold(link({ fields: { empty: { fp: NULL_FINGERPRINT, r: 6 } } })))).toEqual({ empty: 8 })
    expect(forgetPeer(link())).toMatchObject({ rev: 8, aliveRev: 8 })
  })

  it("leaps only with what is still to be told", () => {
    expect(leapOver(link({ aliveRev: 6 }), 9)).toMatchObject({ rev: 10, aliveRev: 10 })
    expect(leapOver(link({ aliveRev: 5 }), 9)).toMatchObject({ rev: 10, aliveRev: 5 })
  })

  it("a database that was set back counts on above each of its lives", () => {
    expect([[], ["a"], ["a", "b"]].map(firstRev)).toEqual([0, 1_000_000, 2_000_000])
  })
})

describe("a link says", () => {
  it("what is sent: news of a record that is alive, or that its life has changed", () => {
    expect(needsPush(link())).toBe(true)
    expect(needsPush(link({ acked: 7 }))).toBe(false)
    expect(needsPush(link({ standing: "archived" }))).toBe(false)
    expect(needsPush(link({ standing: "gone", aliveRev: 6 }))).toBe(true)
    expect(needsPush(link({ standing: "gone", aliveRev: 5 }))).toBe(false)
    expect(needsPush(link({ state: "unlinked", aliveRev: 6 }))).toBe(false)
    expect(needsPush(link({ fields: {} }))).toBe(false)
  })

  it("whether an announcement is under way", () => {
    expect(isUnanswered(link({ peerId: null, announced: "handle=a", acked: 0 }))).toBe(true)
    expect(isUnanswered(link({ peerId: null, announced: "", acked: 0 }))).toBe(true)
    expect(isUnanswered(link({ announced: "handle=a", acked: 0 }))).toBe(false)
    expect(isUnanswered(link({ peerId: null, acked: 0 }))).toBe(false)
    expect(isUnanswered(link({ peerId: null, announced: "handle=a", acked: 1 }))).toBe(false)
  })

  it("whether the peer has a record that another one can refer to", () => {
    expect(isBlocked(link())).toBe(false)
    expect(isBlocked(link({ peerId: null }))).toBe(false)
    expect(isBlocked(link({ standing: "archived" }))).toBe(true)
    expect(isBlocked(link({ state: "unlinked" }))).toBe(true)
    expect(isBlocked(link({ state: "quarantined" }))).toBe(false)
    expect(isBlocked(link({ state: "quarantined", peerId: null }))).toBe(true)
    expect(isBlocked(link({ state: "quarantined", aliveRev: 6 }))).toBe(true)
    expect(isBlocked(link({ state: "quarantined", aliveRev: 5 }))).toBe(false)
  })
})
