import { describe, expect, it } from "vitest"
import { matchRecord, needsKey, type Candidates } from "../src/apply/match.ts"
import { keyFromText, keyText, matchKeyOf } from "../src/record/match-key.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { wireRecord } from "./wire-record.ts"

const link = (localId: string, more: Partial<Link> = {}): Link => ({ ...emptyLink("product", localId), ...more })

const record = (more: Partial<WireRecord> = {}): WireRecord => wireRecord({ id: "d1", ...more })

const match = (found: Partial<Candidates>, more: Partial<WireRecord> = {}) =>
  matchRecord(record(more), {
    named: null,
    paired: null,
    byKey: [],
    announced: [],
    present: new Set(),
    rivals: [],
    ...found,
  })

const row = (localId: string, more?: Partial<Link>) => ({ localId, link: more ? link(localId, more) : null })
const announced = (localId: string, more: Partial<Link> = {}) => link(localId, { announced: "handle=shirt", ...more })

describe("which record a message speaks of (I4)", () => {
  it("the one that is linked with it, whatever else there is", () => {
    const paired = link("m1", { peerId: "d1" })
    expect(match({ paired, byKey: [row("m2")] })).toEqual({ kind: "linked", localId: "m1" })
    expect(match({ paired, named: paired })).toEqual({ kind: "linked", localId: "m1" })
    expect(match({ paired, named: link("m2", { peerId: "d2" }) })).toEqual({ kind: "linked", localId: "m1" })
    expect(match({ paired, named: link("m2") })).toEqual({ kind: "linked", localId: "m1" })
  })

  it("the one that is linked with it, though its link was read before that, too", () => {
    const paired = link("m1", { peerId: "d1" })
    expect(match({ paired, named: link("m1") }, { peer: "m1" })).toEqual({ kind: "linked", localId: "m1" })
  })

  it("the one whose answer was written down between the two look-ups: it is nobody that lost its link", () => {
    const named = link("m1", { peerId: "d1" })
    expect(match({ named }, { peer: "m1", full: false })).toEqual({ kind: "linked", localId: "m1" })
    expect(needsKey(record(), { named, paired: null })).toBe(false)
  })

  it("the one that the sender names, when nobody else has it", () => {
    expect(match({ named: link("m1") }, { full: false })).toEqual({ kind: "adopt", localId: "m1" })
    expect(match({ named: link("m1", { peerId: "d9" }) }, { full: false })).toEqual({ kind: "need_full" })
  })

  it("a change of a record that is not known here asks for all of it", () => {
    expect(match({ byKey: [row("m1")] }, { full: false })).toEqual({ kind: "need_full" })
  })

  it("a record without a key is a new one", () => {
    expect(match({ byKey: [row("m1")] }, { key: null })).toEqual({ kind: "create" })
  })

  it("exactly one row that holds the key and has no peer", () => {
    expect(match({})).toEqual({ kind: "create" })
    expect(match({ byKey: [row("m1")] })).toEqual({ kind: "adopt", localId: "m1" })
    expect(match({ byKey: [row("m1", {})] })).toEqual({ kind: "adopt", localId: "m1" })
    expect(match({ byKey: [row("m1", { peerId: "d9" })] })).toEqual({ kind: "create" })
    // It was announced under another key: the peer may have made another record of it.
    expect(match({ byKey: [row("m1", { announced: "handle=hat" })] })).toEqual({ kind: "create" })
  })

  it("is never guessed: all candidates are named, in one order", () => {
    expect(match({ byKey: [row("m2"), row("m1")] })).toEqual({
      kind: "ambiguous",
      candidates: ["m1", "m2"],
      rivals: [],
    })
    expect(match({ byKey: [row("m1")], announced: [announced("m3")] })).toMatchObject({ candidates: ["m1", "m3"] })
    expect(match({ byKey: [row("m1")], rivals: ["d2"] })).toEqual({
      kind: "ambiguous",
      candidates: ["m1"],
      rivals: ["d2"],
    })
    expect(match({ rivals: ["d2"] })).toEqual({ kind: "create" })
  })

  it("the end of a record that nobody knows hits no other one that has its key", () => {
    expect(match({ byKey: [row("m1")] }, { alive: false })).toEqual({ kind: "create" })
    expect(match({ announced: [announced("m1")] }, { alive: false })).toEqual({ kind: "await", localId: "m1" })
  })

  it("one that was announced from here too waits, until both have told each other to wait for this pair", () => {
    expect(match({ announced: [announced("m1")], rivals: ["d2"] })).toEqual({ kind: "await", localId: "m1" })
    for (const half of [{ awaiting: "d1" }, { promised: "d1" }, { awaiting: "d1", promised: "d2" }])
      expect(match({ announced: [announced("m1", half)], byKey: [row("m1", half)] })).toEqual({
        kind: "await",
        localId: "m1",
      })
    expect(match({ announced: [announced("m1", { awaiting: "d1", promised: "d1" })] })).toEqual({
      kind: "adopt",
      localId: "m1",
    })
    // It has another key by now, and the peer was never told to wait for it.
    const present = new Set(["m1"])
    for (const half of [{ awaiting: "d1" }, { awaiting: "d1", promised: "d2" }]) {
      expect(match({ announced: [announced("m1", half)], present })).toEqual({ kind: "create" })
      // It is gone: the peer may have taken it before it went, and is told of its end.
      expect(match({ announced: [announced("m1", half)] })).toEqual({ kind: "await", localId: "m1" })
    }
    expect(match({ announced: [announced("m1", { promised: "d1" })] })).toEqual({ kind: "await", localId: "m1" })
    // The peer has taken some of it already: it is no announcement that is under way.
    expect(match({ announced: [announced("m1", { acked: 1 })] })).toEqual({ kind: "create" })
  })

  it("one whose announcement was refused and that has another key since waits all the same: a copy may be under way", () => {
    const rekeyed = announced("m1", { announced: "handle=hemd", withdrawn: "handle=shirt" })
    expect(match({ announced: [rekeyed] })).toEqual({ kind: "await", localId: "m1" })
    const untold = announced("m1", { announced: null, withdrawn: "handle=shirt" })
    expect(match({ announced: [untold] })).toEqual({ kind: "await", localId: "m1" })
    expect(match({ byKey: [row("m1", untold)] })).toEqual({ kind: "create" })
  })

  it("a key is looked for only where no link answers", () => {
    const needs = (found: Partial<Pick<Candidates, "named" | "paired">>, more: Partial<WireRecord> = {}) =>
      needsKey(record(more), { named: null, paired: null, ...found })
    expect(needs({})).toBe(true)
    expect(needs({ paired: link("m1") })).toBe(false)
    expect(needs({ named: link("m1") })).toBe(false)
    expect(needs({ named: link("m1", { peerId: "d9" }) })).toBe(true)
    expect(needs({}, { full: false })).toBe(false)
    expect(needs({}, { key: null })).toBe(false)
  })
})

describe("a match key", () => {
  const { entities } = resolveConfig()
  const variant = entities.get("variant")
  const keyOf = (document: Parameters<typeof matchKeyOf>[1]) => (variant ? matchKeyOf(variant, document) : undefined)

  it("is the first one that has a value, and one of a part only beside its parent", () => {
    expect(keyOf({ sku: "S-1", title: "S", product: "p1" })).toEqual({ field: "sku", value: "S-1" })
    expect(keyOf({ sku: "", title: "S", product: "p1" })).toEqual({ field: "title", value: "S", within: "p1" })
    expect(keyOf({ sku: 7, title: "S", product: "p1" })).toEqual({ field: "title", value: "S", within: "p1" })
    expect(keyOf({ title: "S" })).toBeNull()
    expect(keyOf({})).toBeNull()
  })

  it.each([
    { field: "handle", value: "shirt" },
    { field: "handle", value: "a=b/c\nd" },
    { field: "title", value: "S/M", within: "prod_1" },
    { field: "title", value: "", within: "" },
  ])("%j is the same after it was kept as text", (key) => {
    expect(keyFromText(keyText(key))).toStrictEqual(key)
  })

  it("none is kept as an empty text", () => {
    expect(keyText(null)).toBe("")
    expect(keyFromText("")).toBeNull()
    expect(keyFromText("no key")).toBeNull()
    expect(keyFromText("?=x")).toBeNull()
  })
})
