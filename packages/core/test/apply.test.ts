import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import { type Link, type FieldState } from "../src/link/link.ts"
import { applied, kind, link, NOW, planned, record, SHIRT, there, told, type Given } from "./applying.ts"

describe("a change that the peer tells", () => {
  it("is written, and what was read back is the peer's", () => {
    const {
      write,
      link: after,
      result,
      journal,
      conflicts,
    } = applied(record({ title: ["Hemd", 6] }), {
      stores: { ...SHIRT, title: "Hemd!" },
    })
    expect(write).toEqual({ kind: "update", localId: "d1", peerId: "m1", fields: { title: "Hemd" }, current: SHIRT })
    expect(after).toMatchObject({
      seen: 6,
      rev: 3,
      acked: 3,
      lastSyncedAt: NOW.toISOString(),
      syncSource: "medusa",
      syncId: "sync-1",
      fields: { title: { fp: fingerprint("Hemd!"), r: 0 } },
    })
    expect(result).toEqual({ st: "ok", ack: 6, peer: "d1", rev: 3 })
    expect(conflicts).toEqual([])
    expect(journal).toEqual({
      at: NOW.toISOString(),
      entity: "product",
      localId: "d1",
      direction: "in",
      event: "updated",
      fields: ["title"],
      syncId: "sync-1",
      reason: null,
    })
  })

  it("that was told already is stale, and changes nothing but what the peer has acknowledged (I5)", () => {
    for (const rev of [3, 4])
      expect(planned(record({ title: ["Old", rev] }, { rev }), { before: link({ acked: 2 }) })).toEqual({
        kind: "answer",
        result: { st: "stale", ack: 4, peer: "d1", rev: 3 },
        link: link({ acked: 3 }),
      })
  })

  it("of a record that takes one which was announced here makes all of that one news: another record there may have heard the old revs", () => {
    const before = link({ peerId: null, announced: "handle\nshirt", acked: 0, seen: 0, fields: told(SHIRT, 1) })
    const crossed = record({ title: ["Hemd", 1] }, { peer: null, seen: 0 })
    expect(applied(crossed, { before }).link).toMatchObject({
      peerId: "m1",
      rev: 4,
      acked: 0,
      fields: { status: { r: 4, e: 1 } },
    })
    const answered = record({ title: ["Hemd", 1] }, { seen: 1 })
    expect(applied(answered, { before }).link).toMatchObject({ rev: 3, acked: 1, fields: { status: { r: 1 } } })
  })

  it("acknowledges no more than this host has given out, and never less than before", () => {
    expect(applied(record({}, { seen: 3 }), { before: link({ acked: 1 }) }).link.acked).toBe(3)
    expect(applied(record({}, { seen: 1 }), { before: link({ acked: 2 }) }).link.acked).toBe(2)
  })

  it("from a peer that has seen more than was given out: this database was restored, and counts on above", () => {
    const before = link({ acked: 2, fields: { ...told(SHIRT), material: { fp: fingerprint("wool"), r: 3 } } })
    const row = there({ ...SHIRT, material: "wool" })
    const { link: after } = applied(record({}, { seen: 9 }), { before, row })
    expect(after).toMatchObject({ rev: 10, acked: 9, fields: { material: { r: 10 }, title: { r: 0 } } })
    // Another record's revs say nothing about this database.
    expect(applied(record({}, { seen: 9, id: "m2", peer: null }), { before, row }).link.rev).toBe(3)
  })

  it("skips fields that came again only because an ack was lost, and those that are not mapped (I9)", () => {
    const { write, journal } = applied(
      record({ title: ["Old", 4], colour: ["red", 6], tags: ["x", 6], "title#x": ["y", 6], handle: ["hemd", 5] }),
    )
    expect(write).toMatchObject({ fields: { handle: "hemd" } })
    expect(journal.reason).toBe("not in the mapping: colour, tags, title#x")
  })

  it("to the value that is here is agreed on, unless the peer has not seen an edit here", () => {
    const same = record({ title: ["Shirt", 6] })
    const { write, fieldsOf } = applied(same)
    expect(write).toBeNull()
    expect(fieldsOf("title")).toEqual({ fp: fingerprint("Shirt"), r: 0 })
    const edited = link({ rev: 5, fields: { ...told(SHIRT), title: { fp: fingerprint("Shirt"), r: 5 } } })
    expect(applied(same, { before: edited }).fieldsOf("title")).toEqual({ fp: fingerprint("Shirt"), r: 5 })
  })

  it("to a record that is left alone changes nothing", () => {
    expect(planned(record({ title: ["Hemd", 6] }), { before: link({ state: "unlinked" }) })).toMatchObject({
      kind: "answer",
      result: { st: "ok", ack: 6 },
      link: { seen: 6, state: "unlinked" },
    })
  })

  it("gives a stopped record another chance, if something of it was taken", () => {
    const before = link({ state: "quarantined", reason: "no", attempts: 5 })
    expect(applied(record({ title: ["Hemd", 6] }), { before }).link).toMatchObject({
      state: "active",
      reason: null,
      attempts: 0,
    })
    expect(applied(record({}), { before }).link).toMatchObject({ state: "quarantined", attempts: 5 })
    const trying = link({ rev: 4, aliveRev: 4, reason: "internal", attempts: 2 })
    expect(applied(record({ title: ["Hemd", 6] }), { before: trying }).link).toMatchObject({ attempts: 2 })
  })

  it("leaves one that has nothing to tell any more waiting for nothing", () => {
    const before = link({ reason: "not_unique: x", heldBack: true, attempts: 2 })
    expect(applied(record({ title: ["Hemd", 6] }), { before }).link).toMatchObject({
      reason: null,
      heldBack: false,
      attempts: 0,
    })
  })
})

describe("a conflict", () => {
  /** Directus has changed the title in its rev 5, which Medusa has not seen. */
  const edited = (more: Partial<Link> = {}) =>
    link({ rev: 5, fields: { ...told(SHIRT), title: { fp: fingerprint("Chemise"), r: 5 } }, ...more })
  const row = there({ ...SHIRT, title: "Chemise" })
  const wins = (side: "medusa" | "directus") => kind("product", { product: { fields: { title: { wins: side } } } })

  it("is won by the side that the mapping names; the loser is kept", () => {
    const lost = applied(record({ title: ["Hemd", 6] }), { before: edited(), row, entity: wins("medusa") })
    expect(lost.write).toMatchObject({ fields: { title: "Hemd" } })
    expect(lost.conflicts).toMatchObject([
      {
        entity: "product",
        localId: "d1",
        peerId: "m1",
        field: "title",
        kind: "concurrent",
        losingSide: "directus",
        losingValue: "Chemise",
        winningFingerprint: fingerprint("Hemd"),
        at: NOW.toISOString(),
      },
    ])
    expect(lost.journal.reason).toBe("conflict: title")
    const won = applied(record({ title: ["Hemd", 6] }), { before: edited(), row, entity: wins("directus") })
    expect(won.write).toBeNull()
    expect(won.fieldsOf("title")).toEqual({ fp: fingerprint("Chemise"), r: 5 })
    expect(won.conflicts).toMatchObject([
      { losingSide: "medusa", losingValue: "Hemd", winningFingerprint: fingerprint("Chemise") },
    ])
  })

  it("is none when the author had seen the edit here, whatever is acknowledged", () => {
    const { conflicts, write } = applied(record({ title: ["Hemd", 6] }, { seen: 5 }), {
      before: edited({ acked: 1 }),
      row,
    })
    expect(conflicts).toEqual([])
    expect(write).toMatchObject({ fields: { title: "Hemd" } })
  })

  it("has one id on both hosts, and another one for each edit", () => {
    const idOf = (given: Given, message = record({ title: ["Hemd", 6] })) => applied(message, given).conflicts[0]?.id
    const here = idOf({ before: edited(), row, entity: wins("directus") })
    const there_ = idOf(
      {
        before: {
          ...edited(),
          localId: "m1",
          peerId: "d1",
          fields: { ...told(SHIRT), title: { fp: fingerprint("Hemd"), r: 6 } },
          rev: 6,
          seen: 2,
        },
        row: there({ ...SHIRT, title: "Hemd" }),
        localId: "m1",
        entity: wins("directus"),
        context: { side: "medusa" },
      },
      record({ title: ["Chemise", 5] }, { id: "d1", peer: "m1", rev: 5 }),
    )
    expect(here).toBe(there_)
    const later = idOf({ before: edited(), row, entity: wins("directus") }, record({ title: ["Hemd", 7] }, { rev: 7 }))
    expect(later).not.toBe(here)
    const restored = idOf({
      before: edited(),
      row,
      entity: wins("directus"),
      context: { epochs: { medusa: "em2", directus: "ed" } },
    })
    expect(restored).not.toBe(here)
  })

  it("about a field that this side owns is lost by the other one, and the own value is told again", () => {
    const entity = kind("product", { product: { fields: { title: { owner: "directus" } } } })
    const back = applied(record({ title: ["Hemd", 6] }), { entity })
    expect(back.write).toBeNull()
    expect(back.link).toMatchObject({ rev: 4, fields: { title: { fp: fingerprint("Shirt"), r: 4 } } })
    expect(back.conflicts).toMatchObject([{ kind: "read_only", losingSide: "medusa", losingValue: "Hemd" }])
    // It is on its way already.
    const untold = link({ acked: 2, fields: { ...told(SHIRT), title: { fp: fingerprint("Shirt"), r: 3 } } })
    expect(applied(record({ title: ["Hemd", 6] }, { seen: 2 }), { entity, before: untold }).link.rev).toBe(3)
  })

  it("between automations: what stays goes on with its own chain, which is an answer at least", () => {
    const h = (n: number | undefined): FieldState => ({
      fp: fingerprint("Chemise"),
      r: 5,
      ...(n === undefined ? {} : { h: n }),
    })
    const before = (n?: number) => edited({ fields: { ...told(SHIRT), title: h(n) } })
    const title = (message: number | undefined, mine: number | undefined, side: "medusa" | "directus") =>
      applied(record({ title: message === undefined ? ["Hemd", 6] : ["Hemd", 6, message] }), {
        before: before(mine),
        row,
        entity: wins(side),
      }).fieldsOf("title")?.h
    expect(title(2, 1, "directus")).toBe(1)
    expect(title(1, 2, "directus")).toBe(2)
    expect(title(2, undefined, "directus")).toBe(1)
    expect(title(2, 1, "medusa")).toBe(2)
    expect(title(undefined, 2, "medusa")).toBe(1)
    expect(title(undefined, undefined, "medusa")).toBeUndefined()
    // What the author had seen is no answer that this one takes the place of.
    const seen = { ...h(2), r: 3 }
    const after = applied(record({ title: ["Hemd", 6] }), {
      before: edited({ fields: { ...told(SHIRT), title: seen } }),
      row,
    })
    expect(after.fieldsOf("title")).toEqual({ fp: fingerprint("Hemd"), r: 0 })
  })
})

describe("what the host's own automations change inside an apply", () => {
  const stores = { ...SHIRT, title: "Hemd", material: "by a hook" }

  it("is told to the peer as one hop more", () => {
    const { link: after, fieldsOf } = applied(record({ title: ["Hemd", 6] }, { hops: 9 }), { stores })
    expect(after).toMatchObject({ rev: 4, hops: 10 })
    expect(fieldsOf("material")).toEqual({ fp: fingerprint("by a hook"), r: 4 })
    expect(fieldsOf("title")?.r).toBe(0)
  })

  it("is left to a person after ten hops, and kept", () => {
    const { link: after, conflicts, journal } = applied(record({ title: ["Hemd", 6] }, { hops: 10 }), { stores })
    expect(after.rev).toBe(3)
    expect(after.fields["material"]).toEqual({ fp: fingerprint("by a hook"), r: 0 })
    expect(conflicts).toMatchObject([
      {
        kind: "loop",
        field: "material",
        losingSide: "directus",
        losingValue: "by a hook",
        winningFingerprint: fingerprint("by a hook"),
      },
    ])
    expect(journal.reason).toBe("automations kept answering each other: material")
  })

  it("of a field that is to be told anyway is told with that edit", () => {
    const before = link({ rev: 5, fields: { ...told(SHIRT), material: { fp: fingerprint("wool"), r: 5 } } })
    const row = there({ ...SHIRT, material: "wool" })
    const { link: after, fieldsOf } = applied(record({ title: ["Hemd", 6] }), { before, row, stores })
    expect(after).toMatchObject({ rev: 5, hops: 0 })
    expect(fieldsOf("material")).toEqual({ fp: fingerprint("by a hook"), r: 5 })
  })

  it("of what it refers to is news for the peer, and no answer to it", () => {
    const before = link({ fields: { ...told(SHIRT), collection: { fp: fingerprint("c1"), r: 0 } } })
    const row = there({ ...SHIRT, collection: "c1" })
    const { link: after, fieldsOf } = applied(record({ title: ["Hemd", 6] }), {
      before,
      row,
      stores: { ...SHIRT, title: "Hemd" },
    })
    expect(after).toMatchObject({ rev: 4, hops: 0 })
    expect(fieldsOf("collection")).toEqual({ fp: NULL_FINGERPRINT, r: 4 })
    // Nor is what came back behind a reference that the peer took for empty.
    const emptied = applied(record({ collection: [null, 6] }), { before, row, stores: { ...SHIRT, collection: "c9" } })
    expect(emptied.fieldsOf("collection")).toEqual({ fp: fingerprint("c9"), r: 4 })
    const other = applied(record({ collection: ["c2", 6] }), { before, row, stores: { ...SHIRT, collection: "c2" } })
    expect(other.fieldsOf("collection")).toEqual({ fp: fingerprint("c2"), r: 0 })
  })
})
