import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import type { Side } from "../src/document/value.ts"
import {
  draftBases,
  isOvertaken,
  planPublish,
  yieldsToPeer,
  type DraftBase,
  type DraftedField,
} from "../src/record/publish-draft.ts"
import { emptyLink, type FieldState, type Link } from "../src/link/link.ts"
import { state, text, thing } from "./thing.ts"

const NOW = new Date("2026-01-01T00:00:00Z")
const KIND = thing({
  fields: {
    title: text("title", "name"),
    note: text("note", "note", { wins: "directus" }),
    sku: text("sku", "sku", { owner: "medusa" }),
  },
})
const link = (fields: Record<string, FieldState>, more: Partial<Link> = {}): Link => ({
  ...emptyLink("thing", "d1"),
  peerId: "m1",
  rev: 5,
  fields,
  ...more,
})
const base = (value: string | null, told: string | null = null): DraftBase => ({
  fp: fingerprint(value),
  told: told === null ? null : fingerprint(told),
})
const drafted = (more: Partial<DraftedField> = {}): DraftedField => ({
  name: "title",
  value: "drafted",
  held: "of the peer",
  base: base("before"),
  reviewed: false,
  writable: true,
  ...more,
})
const publish = (of: Link | null, field: DraftedField, side: Side = "directus") => {
  const { published, conflicts } = planPublish(KIND, of, side, "v1", [field], NOW)
  return { published: [...published], conflicts: conflicts.map(({ id: _, ...what }) => what) }
}
const PUBLISHED = { published: ["title"], conflicts: [] }
const LEFT = { published: [], conflicts: [] }
/** The peer has changed the title since it entered the draft. */
const changed = link({ title: state("of the peer", 0) })

describe("a drafted value is an edit of when it entered the draft", () => {
  it("it is published where the peer has changed nothing since", () => {
    expect(publish(link({ title: state("before", 0) }), drafted())).toEqual(PUBLISHED)
    expect(publish(link({}), drafted({ base: base(null) }))).toEqual(PUBLISHED)
    // Away and back again.
    expect(publish(link({ title: state("before", 3) }), drafted())).toEqual(PUBLISHED)
  })

  it("where the peer has, its value stays and the draft's is kept for a person", () => {
    expect(publish(changed, drafted())).toEqual({
      published: [],
      conflicts: [
        {
          ...{ entity: "thing", localId: "d1", peerId: "m1", field: "title", kind: "concurrent" },
          ...{ losingSide: "directus", losingValue: "drafted", winningFingerprint: fingerprint("of the peer") },
          at: NOW.toISOString(),
        },
      ],
    })
  })

  it("or the draft's stays and the peer's is kept, where the mapping says so", () => {
    const note = { name: "note" }
    expect(publish(link({ note: state("of the peer", 0) }), drafted(note))).toMatchObject({
      published: ["note"],
      conflicts: [{ losingSide: "medusa", losingValue: "of the peer", winningFingerprint: fingerprint("drafted") }],
    })
    expect(publish(link({ note: state("of the peer", 0) }), drafted(note), "medusa")).toMatchObject({
      published: [],
      conflicts: [{ losingSide: "medusa", losingValue: "drafted" }],
    })
  })

  it("or whose cannot be kept, whatever the mapping says", () => {
    expect(publish(changed, drafted({ wins: "directus" }))).toMatchObject({
      published: ["title"],
      conflicts: [{ losingSide: "medusa", losingValue: "of the peer" }],
    })
  })

  it("published twice the same loss is one conflict, and another one is another", () => {
    const idOf = (draft: string, field: DraftedField, of = changed) =>
      planPublish(KIND, of, "directus", draft, [field], NOW).conflicts.map(({ id }) => id)
    expect(idOf("v1", drafted())).toEqual(idOf("v1", drafted()))
    const others = [
      idOf("v1", drafted({ value: "typed anew" })),
      idOf("v2", drafted()),
      idOf("v1", drafted(), link({ title: state("of the peer again", 0) })),
    ]
    expect(new Set([...others, idOf("v1", drafted())].flat()).size).toBe(4)
  })

  it("what an editor of this host has changed since is between the two of them", () => {
    expect(publish(link({ title: state("of a colleague", 4) }), drafted())).toEqual(PUBLISHED)
  })

  it("the peer's edit that is told back to it under a rev of this host is still the peer's", () => {
    expect(publish(link({ title: state("of the peer", 4, { e: 0 }) }), drafted()).conflicts).toHaveLength(1)
  })

  it("who had both values before them may decide", () => {
    expect(publish(changed, drafted({ reviewed: true }))).toEqual(PUBLISHED)
  })

  it("what was drafted as it was is no edit, and neither is what the peer has made the same", () => {
    expect(publish(changed, drafted({ value: "before" }))).toEqual(LEFT)
    expect(publish(changed, drafted({ value: "of the peer" }))).toEqual(PUBLISHED)
  })

  it("a field of the peer's own is published, for the peer to put back and tell", () => {
    expect(publish(link({ sku: state("of the peer", 0) }), drafted({ name: "sku" }))).toEqual({
      published: ["sku"],
      conflicts: [],
    })
  })

  it("nothing stands against it while the record has no peer, or the draft no base", () => {
    expect(publish(null, drafted())).toEqual(PUBLISHED)
    expect(publish({ ...changed, peerId: null }, drafted())).toEqual(PUBLISHED)
    expect(publish(changed, drafted({ base: null }))).toEqual(PUBLISHED)
  })

  it("what has no row any more to be written to is kept for a person", () => {
    const gone = { writable: false, held: null }
    expect(publish(link({ title: state("before", 0) }), drafted(gone))).toMatchObject({
      published: [],
      conflicts: [{ losingSide: "directus", losingValue: "drafted" }],
    })
    expect(publish(link({ title: state("before", 3) }), drafted({ ...gone, value: "before" }))).toEqual(LEFT)
    expect(publish(link({ title: state("x", 3) }), drafted({ ...gone, base: base("before", "drafted") }))).toEqual(LEFT)
  })
})

describe("what a draft has published is no edit until it is typed anew", () => {
  it("a later publishing leaves it alone, whatever the peer has made of it", () => {
    expect(publish(changed, drafted({ base: base("before", "drafted") }))).toEqual(LEFT)
    expect(publish(link({ title: state("before", 0) }), drafted({ base: base("before", "drafted") }))).toEqual(LEFT)
  })

  it("but for what an editor of this host has changed since", () => {
    const colleague = link({ title: state("of a colleague", 6) })
    expect(publish(colleague, drafted({ base: base("before", "drafted") }))).toEqual(PUBLISHED)
  })
})

describe("the base of a drafted field", () => {
  const bases = (of: Link | null, value: string, before: [string, DraftBase][] = [], held = "in the row") =>
    draftBases(of, { title: value }, { title: held }, new Map(before)).get("title")

  it("is what the link holds when it enters the draft, and of a record without a link what its row holds", () => {
    expect(bases(link({ title: state("seen", 0) }), "drafted")).toEqual(base("seen"))
    expect(bases(link({}), "drafted")).toEqual({ fp: NULL_FINGERPRINT, told: null })
    expect(bases(null, "drafted")).toEqual(base("in the row"))
  })

  it("stays when the field is typed again, since the form shows the draft", () => {
    expect(bases(changed, "typed again", [["title", base("before")]])).toEqual(base("before"))
  })

  it("stays after the publishing, and begins anew when the field is typed anew", () => {
    const told = base("before", "drafted")
    expect(bases(changed, "drafted", [["title", told]])).toEqual(told)
    expect(bases(changed, "typed anew", [["title", told]])).toEqual(base("of the peer"))
  })

  it("goes when the field leaves the draft", () => {
    expect([...draftBases(changed, {}, {}, new Map([["title", base("before")]]))]).toEqual([])
  })
})

describe("a record that is deleted in a draft", () => {
  const bases = new Map([["title", base("before")]])

  it("stays when the peer has changed it since", () => {
    expect(yieldsToPeer(changed, bases)).toBe(true)
    expect(yieldsToPeer(link({ title: state("before", 0), note: state("new", 0) }), bases)).toBe(true)
  })

  it("goes when nobody but this host has, and when nothing is known of it", () => {
    expect(yieldsToPeer(link({ title: state("before", 0), note: state("new", 2) }), bases)).toBe(false)
    expect(yieldsToPeer(changed, new Map())).toBe(false)
    expect(yieldsToPeer({ ...changed, peerId: null }, bases)).toBe(false)
    expect(yieldsToPeer(null, bases)).toBe(false)
  })
})

describe("what a publishing was decided by is overtaken", () => {
  const seen = new Map([["title", fingerprint("before")]])

  it("when the peer has changed a field that it is about", () => {
    expect(isOvertaken(changed, seen, ["title"])).toBe(true)
    expect(isOvertaken(link({ note: state("new", 0) }), seen, ["note"])).toBe(true)
  })

  it("and by nothing else", () => {
    expect(isOvertaken(link({ title: state("before", 0), note: state("new", 0) }), seen, ["title"])).toBe(false)
    expect(isOvertaken(link({ title: state("of a colleague", 4) }), seen, ["title"])).toBe(false)
    expect(isOvertaken({ ...changed, peerId: null }, seen, ["title"])).toBe(false)
    expect(isOvertaken(null, seen, ["title"])).toBe(false)
  })
})
