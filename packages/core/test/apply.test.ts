import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import type { Document } from "../src/document/value.ts"
import type { ApplyContext } from "../src/flow/apply-context.ts"
import { planApply, type ApplyPlan } from "../src/flow/plan-apply.ts"
import { settleApply } from "../src/flow/settle-apply.ts"
import { emptyLink, tombstoneId, type FieldState, type Link } from "../src/link/link.ts"
import { resolveConfig, type Mapping } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"
import type { HostRow } from "../src/ports.ts"
import type { WireRecord } from "../src/wire/messages.ts"

const NOW = new Date("2026-01-01T00:00:00Z")
const EARLIER = "2025-01-01T00:00:00.000Z"
const contextOf = (more: Partial<ApplyContext> = {}): ApplyContext => ({
  side: "directus",
  now: NOW,
  syncId: "sync-1",
  epochs: { medusa: "em", directus: "ed" },
  base: 0,
  ...more,
})

const kind = (name = "product", mapping: Mapping = {}): EntityDefinition => {
  const found = resolveConfig(mapping).entities.get(name)
  if (!found) throw new Error(name)
  return found
}

const SHIRT = { title: "Shirt", handle: "shirt", status: "published" }
const told = (fields: Document, r = 0): Record<string, FieldState> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { fp: fingerprint(value), r }]))

/** Directus's link to Medusa's m1: it has taken in all up to rev 4, and told all up to 3. */
const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "d1"),
  peerId: "m1",
  rev: 3,
  acked: 3,
  seen: 4,
  fields: told(SHIRT),
  lastSyncedAt: EARLIER,
  syncSource: "directus",
  ...more,
})

const record = (fields: WireRecord["fields"] = {}, more: Partial<WireRecord> = {}): WireRecord => ({
  entity: "product",
  id: "m1",
  peer: "d1",
  key: null,
  rev: 6,
  seen: 3,
  full: false,
  hops: 0,
  alive: true,
  alive_rev: 1,
  fields,
  ...more,
})

const there = (fields: Document = SHIRT): HostRow => ({ present: true, fields })
const GONE: HostRow = { present: false, fields: null }

interface Given {
  before?: Link | null
  localId?: string | null
  row?: HostRow
  entity?: EntityDefinition
  context?: Partial<ApplyContext>
}

const planned = (
  message: WireRecord,
  { before = link(), localId = "d1", row = there(), entity = kind(), context }: Given = {},
): ApplyPlan => planApply(entity, contextOf(context), message, before, localId, row)

/** The whole apply; the host stores what it is given, unless it is told what it stores. */
function applied(message: WireRecord, given: Given & { stores?: Document } = {}) {
  const plan = planned(message, given)
  if (plan.kind !== "write") throw new Error(`answered ${plan.result.st}`)
  const { write, draft } = plan
  const { row = there(), entity = kind(), context, stores } = given
  const after = ((): HostRow => {
    if (write?.kind === "remove") return GONE
    if (!write) return row
    const merged = { ...(write.kind === "update" ? row.fields : {}), ...write.fields }
    return there(stores ?? merged)
  })()
  const settled = settleApply(entity, contextOf(context), draft, draft.link.localId || "d9", after)
  return { ...settled, write, fieldsOf: (name: string) => settled.link.fields[name] }
}

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
  })
})

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
      event: "revive",
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

  it("is made anew under its old id where there is no row, with its last values", () => {
    const gone = link({ standing: "gone", snapshot: SHIRT })
    const revived = applied(back({ title: ["Hemd", 6] }), { before: gone, row: GONE })
    expect(revived.write).toEqual({ kind: "create", localId: "d1", peerId: "m1", fields: { ...SHIRT, title: "Hemd" } })
    expect(revived.link).toMatchObject({ standing: "alive", snapshot: null })
  })

  it("and that was deleted here meanwhile is told to live", () => {
    const gone = link({ standing: "gone", snapshot: SHIRT, rev: 5, aliveRev: 5 })
    expect(applied(back(), { before: gone, row: GONE }).link).toMatchObject({ rev: 6, aliveRev: 6, standing: "alive" })
  })
})

describe("what the host's own automations change inside an apply", () => {
  const stores = { ...SHIRT, title: "Hemd", material: "by a hook" }

  it("is told to the peer as one hop more", () => {
    const { link: after, fieldsOf } = applied(record({ title: ["Hemd", 6] }, { hops: 2 }), { stores })
    expect(after).toMatchObject({ rev: 4, hops: 3 })
    expect(fieldsOf("material")).toEqual({ fp: fingerprint("by a hook"), r: 4 })
    expect(fieldsOf("title")?.r).toBe(0)
  })

  it("is left to a person after three hops, and kept", () => {
    const { link: after, conflicts, journal } = applied(record({ title: ["Hemd", 6] }, { hops: 3 }), { stores })
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
  })
})

it("a part remembers its parent, also when the row names none any more", () => {
  const entity = kind("variant")
  const before = link({ entity: "variant", fields: told({ title: "S" }), parentId: "p1" })
  const given = { entity, before, row: there({ title: "S" }) }
  expect(applied(record({ title: ["M", 6] }, { entity: "variant" }), given).link.parentId).toBe("p1")
  expect(applied(record({ product: ["p2", 6] }, { entity: "variant" }), given).link.parentId).toBe("p2")
})
