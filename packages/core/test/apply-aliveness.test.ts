import { describe, expect, it } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import { emptyLink, tombstoneId } from "../src/link/link.ts"
import { LIMITS, type WireRecord } from "../src/wire/messages.ts"
import { applied, GONE, kind, link, NOW, planned, record, SHIRT, there, told } from "./applying.ts"

describe("a record that is new here", () => {
  const full = (more: Partial<WireRecord> = {}) =>
    record({ title: ["Shirt", 6], handle: ["shirt", 2], colour: ["red", 6] }, { full: true, peer: null, ...more })

  it("is made of all that is mapped, and is the peer's in every field", () => {
    const made = applied(full(), { before: null, localId: null, row: GONE, context: { base: 1_000_000 } })
    expect(made.write).toEqual({
      kind: "create",
      localId: null,
      peerId: "m1",
      fields: { title: "Shirt", handle: "shirt" },
    })
    expect(made.link).toMatchObject({
      localId: "d9",
      peerId: "m1",
      rev: 1_000_000,
      seen: 6,
      standing: "alive",
      aliveRev: 0,
      snapshot: null,
    })
    expect(made.link.fields).toEqual(told({ title: "Shirt", handle: "shirt" }))
    expect(made.result).toEqual({ st: "created", ack: 6, peer: "d9", rev: 1_000_000 })
    expect(made.journal).toMatchObject({
      event: "created",
      fields: ["handle", "title"],
      reason: "not in the mapping: colour",
    })
  })

  it("whose end is all that is heard of it leaves a tombstone", () => {
    expect(planned(full({ alive: false }), { before: null, localId: null, row: GONE })).toEqual({
      kind: "answer",
      result: { st: "ok", ack: 6, peer: null, rev: 0 },
      link: {
        ...emptyLink("product", tombstoneId("m1")),
        peerId: "m1",
        seen: 6,
        standing: "gone",
        lastSyncedAt: NOW.toISOString(),
        syncSource: "medusa",
        syncId: "sync-1",
      },
    })
  })

  it("that comes back over its tombstone gets an id of the host's", () => {
    const tombstone = link({ localId: tombstoneId("m1"), standing: "gone", fields: {}, rev: 0, acked: 0 })
    const made = applied(full(), { before: tombstone, localId: tombstone.localId, row: GONE })
    expect(made.write).toMatchObject({ kind: "create", localId: null, fields: { title: "Shirt" } })
    expect(made.link).toMatchObject({ standing: "alive", peerId: "m1" })
  })

  it("that was purged here is made anew under its old link, and needs all of it", () => {
    const purged = { before: link({ standing: "gone" }), row: GONE }
    expect(applied(full(), purged).write).toMatchObject({ kind: "create", localId: "d1", peerId: "m1" })
    expect(planned(record({ title: ["Hemd", 6] }, { alive_rev: 6 }), purged)).toEqual({
      kind: "answer",
      result: { st: "need_full", ack: 0, peer: null, rev: 0 },
      link: link({ standing: "gone" }),
    })
  })

  it("that lived here already is matched: blanks are filled, and what differs is a conflict", () => {
    const adopted = applied(
      full({ fields: { title: ["Other", 6], subtitle: ["more", 6], handle: ["shirt", 6] }, seen: 0 }),
      {
        before: null,
      },
    )
    expect(adopted.link).toMatchObject({ peerId: "m1", acked: 0, seen: 6, announced: null })
    expect(adopted.write).toMatchObject({ kind: "update", fields: { title: "Other", subtitle: "more" } })
    expect(adopted.conflicts).toMatchObject([{ field: "title", losingSide: "directus", losingValue: "Shirt" }])
    // The same word on both sides stays to be told: an older value may be under way.
    expect(adopted.fieldsOf("handle")?.r).toBe(1)
  })

  it("that was linked with another one counts from the start; what the peer names here counts", () => {
    const other = link({ peerId: "m7", announced: "handle=shirt", awaiting: "x", promised: "y", rev: 5, seen: 99 })
    const taken = (peer: string | null) => applied(record({}, { peer, seen: 4 }), { before: other }).link
    expect(taken("d1")).toMatchObject({
      peerId: "m1",
      acked: 4,
      seen: 6,
      announced: null,
      awaiting: null,
      promised: null,
    })
    expect(taken(null)).toMatchObject({ acked: 0 })
    expect(taken("d2")).toMatchObject({ acked: 0 })
  })

  it("is told back where the owner stores a value otherwise, and what was typed is kept", () => {
    const entity = kind("product", { product: { fields: { title: { owner: "directus" } } } })
    const made = applied(full(), {
      before: null,
      localId: null,
      row: GONE,
      entity,
      stores: { title: "SHIRT", handle: "shirt" },
    })
    expect(made.link).toMatchObject({ rev: 1, fields: { title: { fp: fingerprint("SHIRT"), r: 1 }, handle: { r: 0 } } })
    expect(made.conflicts).toMatchObject([
      {
        field: "title",
        kind: "read_only",
        losingSide: "medusa",
        losingValue: "Shirt",
        localId: "d9",
        winningFingerprint: fingerprint("SHIRT"),
      },
    ])
  })
})

describe("the end of a record", () => {
  const end = record({}, { alive: false, alive_rev: 6 })

  it("archives it: the value by which that shows is the peer's, and the last values are kept", () => {
    const archived = applied(end)
    expect(archived.write).toMatchObject({ kind: "update", fields: { status: "archived" } })
    expect(archived.link).toMatchObject({ standing: "archived", aliveRev: 0, snapshot: SHIRT })
    expect(archived.fieldsOf("status")).toEqual({ fp: fingerprint("archived"), r: 0 })
    expect(archived.journal.event).toBe("archive")
  })

  it.each([
    ["propagate", { kind: "remove", localId: "d1" }, { standing: "gone", snapshot: SHIRT }],
    ["ignore", null, { standing: "ignored" }],
    ["unlink", null, { state: "unlinked", standing: "alive", aliveRev: 0 }],
  ] as const)("%s", (policy, write, after) => {
    const entity = kind("product", { product: { deletes: { directus: policy } } })
    const ended = applied(end, { entity, before: link({ aliveRev: 2 }) })
    expect(ended.write).toEqual(write)
    expect(ended.link).toMatchObject(after)
    expect(ended.result.st).toBe("ok")
  })

  it("yields to an edit that its author had not seen: the peer is told that it lives", () => {
    const edited = link({ rev: 5, fields: { ...told(SHIRT), title: { fp: fingerprint("Shirt"), r: 5 } } })
    const kept = applied(end, { before: edited })
    expect(kept.write).toBeNull()
    expect(kept.link).toMatchObject({ standing: "alive", rev: 6, aliveRev: 6, seen: 6 })
    expect(kept.journal).toMatchObject({ event: "reassert", reason: "deleted on the peer while it was edited here" })
  })

  it("of one that is away stays what it is; values that come late go to its last values", () => {
    const away = link({ standing: "gone", snapshot: SHIRT })
    const late = applied(record({ title: ["Hemd", 6] }), { before: away, row: GONE })
    expect(late.write).toBeNull()
    expect(late.link).toMatchObject({ standing: "gone", snapshot: { ...SHIRT, title: "Hemd" } })
    expect(late.fieldsOf("title")).toEqual({ fp: fingerprint("Hemd"), r: 0 })
    const along = link({ standing: "along", snapshot: SHIRT })
    expect(applied(record({ title: ["Hemd", 6] }), { before: along, row: GONE }).link.standing).toBe("along")
    expect(applied(end, { before: along, row: GONE }).link.standing).toBe("gone")
    const old = record({ title: ["Hemd", 6] }, { alive: false, alive_rev: 4 })
    expect(applied(old, { before: along, row: GONE }).link.standing).toBe("along")
  })
})

describe("a record that comes back", () => {
  const back = (fields: WireRecord["fields"] = {}) => record(fields, { alive_rev: 6 })
  const archived = link({
    standing: "archived",
    snapshot: SHIRT,
    fields: { ...told(SHIRT), status: { fp: fingerprint("archived"), r: 0 } },
  })
  const row = there({ ...SHIRT, status: "archived" })

  it("out of the archive has what the archive covered", () => {
    const revived = applied(back(), { before: archived, row })
    expect(revived.write).toMatchObject({ kind: "update", fields: { status: "published" } })
    expect(revived.link).toMatchObject({ standing: "alive", snapshot: null, aliveRev: 0, rev: 3 })
    expect(revived.result.st).toBe("created")
  })

  it("has what the peer says now, rather than what was covered", () => {
    expect(applied(back({ status: ["draft", 6] }), { before: archived, row }).write).toMatchObject({
      fields: { status: "draft" },
    })
  })

  it("keeps for a person what the peer had said of that value before, if it is another one", () => {
    const said = (status: string) => applied(back({ status: [status, 4] }), { before: archived, row })
    expect(said("draft").write).toMatchObject({ fields: { status: "published" } })
    expect(said("draft").conflicts).toMatchObject([
      {
        field: "status",
        kind: "concurrent",
        losingSide: "medusa",
        losingValue: "draft",
        winningFingerprint: fingerprint("published"),
      },
    ])
    expect(said("published").conflicts).toEqual([])
  })

  it("keeps once what the peer must not say of that value, and each conflict as its own", () => {
    const entity = kind("product", {
      product: { fields: { status: { owner: "directus" }, title: { owner: "directus" } } },
    })
    const { conflicts } = applied(back({ status: ["draft", 6] }), { before: archived, row, entity })
    expect(conflicts).toMatchObject([{ field: "status", kind: "read_only" }])
    const both = applied(back({ status: ["draft", 4], title: ["Hemd", 6] }), { before: archived, row, entity })
    expect(both.conflicts).toMatchObject([
      { field: "title", kind: "read_only" },
      { field: "status", kind: "concurrent" },
    ])
    const inherited = applied(record({ status: ["draft", 4, 0, 2] }, { alive_rev: 6 }), { before: archived, row })
    const direct = applied(record({ status: ["draft", 2] }, { alive_rev: 6 }), { before: archived, row })
    expect(inherited.conflicts[0]?.id).toBe(direct.conflicts[0]?.id)
  })

  it("is made anew under its old id where there is no row, with its last values", () => {
    const gone = link({ standing: "gone", snapshot: SHIRT })
    const revived = applied(back({ title: ["Hemd", 6] }), { before: gone, row: GONE })
    expect(revived.write).toEqual({ kind: "create", localId: "d1", peerId: "m1", fields: { ...SHIRT, title: "Hemd" } })
    expect(revived.link).toMatchObject({ standing: "alive", snapshot: null })
    expect(revived.journal.event).toBe("revive")
  })

  it("and that was deleted here meanwhile is told to live", () => {
    const gone = link({ standing: "gone", snapshot: SHIRT, rev: 5, aliveRev: 5 })
    expect(applied(back(), { before: gone, row: GONE }).link).toMatchObject({ rev: 6, aliveRev: 6, standing: "alive" })
  })
})

it("a part remembers its parent, also when the row names none any more", () => {
  const entity = kind("variant")
  const before = link({ entity: "variant", fields: told({ title: "S" }), parentId: "p1" })
  const given = { entity, before, row: there({ title: "S" }) }
  expect(applied(record({ title: ["M", 6] }, { entity: "variant" }), given).link.parentId).toBe("p1")
  expect(applied(record({ product: ["p2", 6] }, { entity: "variant" }), given).link.parentId).toBe("p2")
})

it("the id of a tombstone is as long as a link's id may be", () => {
  expect(tombstoneId("x".repeat(LIMITS.idLength))).toHaveLength(LIMITS.linkIdLength)
})
