import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import type { Document, Side } from "../src/document/value.ts"
import { isMapped, mergeFields } from "../src/apply/merge-fields.ts"
import { conflictOf } from "../src/record/conflict.ts"
import { emptyLink, type FieldState, type Link } from "../src/link/link.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { state, text, thing } from "./thing.ts"
import { wireRecord } from "./wire-record.ts"

const NOW = new Date("2026-01-01T00:00:00Z")
const KIND = thing({
  fields: {
    title: text("title", "name"),
    note: text("note", "note", { wins: "directus" }),
    sku: text("sku", "sku", { owner: "medusa" }),
    color: text(null, "color"),
    tags: { type: "set", medusa: "tags", directus: "tags" },
    above: { type: "reference", medusa: "above", directus: "above", to: "thing" },
  },
})
const context = { side: "medusa" as Side, now: NOW, syncId: "s", base: 0, epochs: { medusa: "em", directus: "ed" } }
const link = (fields: Record<string, FieldState>, more: Partial<Link> = {}): Link => ({
  ...emptyLink("thing", "m1"),
  peerId: "d1",
  rev: 5,
  acked: 4,
  seen: 2,
  fields,
  ...more,
})
/** Directus tells these fields at its rev 3, and has seen what Medusa had told up to its rev 4. */
const merged = (mine: Link, fields: WireRecord["fields"], current: Document = {}) => {
  const { conflicts, taken, ...merge } = mergeFields(
    KIND,
    context,
    mine,
    wireRecord({ entity: "thing", id: "d1", peer: "m1", rev: 3, seen: 4, fields }),
    current,
  )
  return { ...merge, taken: [...taken], conflicts: conflicts.map(({ id: _, ...what }) => what) }
}

describe("the merge of a field", () => {
  it("23: lets an empty reference that was the other side's own stand against no edit, on either side", () => {
    const empty = { fp: NULL_FINGERPRINT, e: 0 }
    for (const went of [{ went: "m8" }, {}]) {
      const mine = link({ above: { ...empty, ...went, r: 5 } })
      expect(merged(mine, { above: ["m7", 3] })).toMatchObject({ patch: { above: "m7" }, conflicts: [] })
    }
    const typed = merged(link({ above: state("m7", 5) }), { above: [null, 3, 0, 0] }, { above: "m7" })
    expect(typed).toMatchObject({ patch: {}, taken: [], conflicts: [], news: true })
    // What its author had seen, and what somebody has emptied, goes on as it did.
    expect(merged(link({ above: state("m7", 4) }), { above: [null, 3, 0, 0] })).toMatchObject({
      patch: { above: null },
    })
    expect(merged(link({ above: { ...empty, e: 5, r: 5 } }), { above: ["m7", 3] }).conflicts).toHaveLength(1)
    expect(merged(link({ note: state("n", 5) }), { note: [null, 3, 0, 0] }).conflicts).toHaveLength(1)
  })

  it("takes an edit whose author had seen ours, and only that is news", () => {
    const mine = link({ title: state("old", 4) })
    expect(merged(mine, { title: ["new", 3] })).toEqual({
      fields: mine.fields,
      patch: { title: "new" },
      taken: ["title"],
      conflicts: [],
      skipped: [],
      news: true,
      rev: 5,
      met: [],
    })
    expect(merged(mine, { title: ["new", 2] })).toMatchObject({ patch: {}, taken: [], news: false })
  })

  it("leaves an equal value untaken while ours is still to be sent", () => {
    expect(merged(link({ title: state("same", 4) }), { title: ["same", 3] })).toMatchObject({ taken: ["title"] })
    expect(merged(link({ title: state("same", 5) }), { title: ["same", 3] })).toMatchObject({ taken: [], patch: {} })
  })

  it("of which neither side had seen the other's goes as the field says, and the other value is kept", () => {
    const lost = { entity: "thing", localId: "m1", peerId: "d1", kind: "concurrent", at: NOW.toISOString() }
    expect(merged(link({ title: state("ours", 5) }), { title: ["theirs", 3] }, { title: "ours" })).toMatchObject({
      patch: {},
      taken: [],
      conflicts: [
        {
          ...lost,
          field: "title",
          losingSide: "directus",
          losingValue: "theirs",
          winningFingerprint: fingerprint("ours"),
        },
      ],
    })
    expect(merged(link({ note: state("ours", 5) }), { note: ["theirs", 3] }, { note: "ours" })).toMatchObject({
      patch: { note: "theirs" },
      taken: ["note"],
      conflicts: [
        {
          ...lost,
          field: "note",
          losingSide: "medusa",
          losingValue: "ours",
          winningFingerprint: fingerprint("theirs"),
        },
      ],
    })
    expect(merged(link({ note: state("ours", 5) }), { note: ["theirs", 3] }).conflicts).toMatchObject([
      { losingValue: null },
    ])
  })

  it("counts a lost edit of an automation to the chain that ours may be the next answer of", () => {
    const count = (theirs: number | undefined, ours?: number) => {
      const mine = state("ours", 5, ours === undefined ? {} : { h: ours })
      const told = theirs === undefined ? (["theirs", 3] as const) : (["theirs", 3, theirs] as const)
      return merged(link({ title: mine }), { title: [...told] as never }).fields["title"]?.h
    }
    expect([count(undefined), count(0), count(1), count(2), count(1, 2)]).toEqual([undefined, undefined, 1, 1, 2])
  })

  it("that only we may change is asserted again, once its last edit was told", () => {
    const told = link({ sku: state("s-1", 4) })
    expect(merged(told, { sku: ["s-2", 3] })).toMatchObject({
      patch: {},
      taken: [],
      rev: 6,
      fields: { sku: { fp: fingerprint("s-1"), r: 6, e: 4 } },
      conflicts: [{ kind: "read_only", field: "sku", losingSide: "directus", losingValue: "s-2" }],
    })
    const untold = link({ sku: state("s-1", 5) })
    expect(merged(untold, { sku: ["s-2", 3] })).toMatchObject({ rev: 5, fields: untold.fields })
  })

  it("passes over what is not mapped here (I9)", () => {
    const told = { shoe: ["x", 3], color: ["red", 3], tags: ["x", 3], "title#x": [true, 3], "tags#x": [true, 3] }
    expect(merged(link({}), told as never)).toMatchObject({
      patch: { "tags#x": true },
      taken: ["tags#x"],
      skipped: ["shoe", "color", "tags", "title#x"],
    })
    expect(isMapped(KIND, "color", "directus")).toBe(true)
  })
})

describe("one conflict that both hosts keep", () => {
  const lost = { kind: "concurrent", losingSide: "medusa", losingValue: true, rev: 4, winner: "" } as const
  const idOf = (
    { side, ...theirs }: { side: Side; theirName?: (name: string) => string },
    localId: string,
    peerId: string,
    field: string,
    more: object = {},
  ) =>
    conflictOf({ ...context, side, ...theirs }, link({}, { localId, peerId }), peerId, { ...lost, field, ...more }).id
  const MEDUSA = { side: "medusa", theirName: () => "categories#7" } as const
  const DIRECTUS = { side: "directus", theirName: () => "categories#pcat_1" } as const
  const inMedusa = idOf(MEDUSA, "m1", "d1", "categories#pcat_1")

  it("has one id, also where a field's name holds an id, which each host knows as its own", () => {
    expect(idOf(DIRECTUS, "d1", "m1", "categories#7")).toBe(inMedusa)
    expect(idOf({ side: "directus" }, "d1", "m1", "categories#pcat_1")).toBe(inMedusa)
  })

  it("is another one of another record, field, edit or side", () => {
    for (const other of [
      idOf({ side: "directus" }, "d1", "m1", "categories#7"),
      idOf(DIRECTUS, "d2", "m1", "categories#7"),
      idOf(DIRECTUS, "d1", "m2", "categories#7"),
      idOf(DIRECTUS, "m1", "d1", "categories#7"),
      idOf(MEDUSA, "m1", "d1", "categories#pcat_1", { rev: 5 }),
      idOf(MEDUSA, "m1", "d1", "categories#pcat_1", { losingSide: "directus" }),
    ])
      expect(other).not.toBe(inMedusa)
  })

  it("is known by its value where nobody here has typed it", () => {
    const told = (losingValue: string) => idOf(MEDUSA, "m1", "d1", "title", { rev: 0, losingValue })
    expect(told("a")).toBe(told("a"))
    expect(told("a")).not.toBe(told("b"))
  })
})
