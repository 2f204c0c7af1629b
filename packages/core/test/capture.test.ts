import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import { capture, type Chain } from "../src/record/capture.ts"
import { mergeAliveness } from "../src/apply/merge-aliveness.ts"
import { emptyLink, type FieldState, type Link, type Standing } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"
import type { HostRow } from "../src/ports.ts"
import type { WireRecord } from "../src/wire/messages.ts"

const { entities } = resolveConfig()
const kind = (name: string): EntityDefinition => {
  const found = entities.get(name)
  if (!found) throw new Error(name)
  return found
}
const PRODUCT = kind("product")
const VARIANT = kind("variant")

const told = (fields: Record<string, unknown>, r = 1): Record<string, FieldState> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { fp: fingerprint(value as string), r }]))
const SHIRT = { title: "Shirt", handle: "shirt", status: "published" }
const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "m1"),
  peerId: "d1",
  rev: 3,
  acked: 3,
  aliveRev: 1,
  fields: told(SHIRT),
  ...more,
})
const there = (fields: HostRow["fields"]): HostRow => ({ present: true, fields })
const GONE: HostRow = { present: false, fields: null }
const taken = (before: Link | null, row: HostRow, entity = PRODUCT, chain?: Chain) => {
  const captured = capture(entity, before, "m1", row, 0, chain)
  if (!captured) throw new Error("nothing was captured")
  return captured
}

describe("the first look at a record", () => {
  it("takes all that it has as one change, above what this database has given out before", () => {
    expect(capture(PRODUCT, null, "m1", there({ ...SHIRT, subtitle: null }), 1_000_000)).toEqual({
      link: {
        ...emptyLink("product", "m1"),
        rev: 1_000_001,
        aliveRev: 1_000_001,
        fields: told(SHIRT, 1_000_001),
      },
      changed: Object.keys(SHIRT),
      aliveChanged: true,
      looping: [],
    })
  })

  it("of one that is not there, and never was, is nothing", () => {
    expect(capture(PRODUCT, null, "m1", GONE)).toBeNull()
    expect(capture(PRODUCT, null, "m1", { present: false, fields: SHIRT })).toBeNull()
    expect(taken(null, there(null)).link).toMatchObject({ rev: 1, fields: {} })
  })

  it("knows what it is a part of", () => {
    expect(taken(null, there({ title: "S", product: "p1" }), VARIANT).link.parentId).toBe("p1")
    expect(taken(null, there({ title: "S" }), VARIANT).link.parentId).toBeNull()
  })
})

describe("a later look", () => {
  it("that finds what the link remembers changes nothing, not even the link", () => {
    const before = link()
    expect(taken(before, there(SHIRT))).toEqual({ link: before, changed: [], aliveChanged: false, looping: [] })
    expect(taken(before, there(SHIRT)).link).toBe(before)
  })

  it("gives one rev to all that changed: other values, new ones and those that are gone", () => {
    const found = taken(link(), there({ title: "Hemd", status: "published", subtitle: "neu" }))
    expect(found.changed.sort()).toEqual(["handle", "subtitle", "title"])
    expect(found.link).toMatchObject({
      rev: 4,
      aliveRev: 1,
      fields: {
        title: { fp: fingerprint("Hemd"), r: 4 },
        subtitle: { fp: fingerprint("neu"), r: 4 },
        handle: { fp: NULL_FINGERPRINT, r: 4 },
        status: { fp: fingerprint("published"), r: 1 },
      },
    })
  })

  it("that finds a change is another chance for a stopped record", () => {
    const stopped = link({ state: "quarantined", reason: "no", attempts: 5, heldBack: true, hops: 2 })
    expect(taken(stopped, there({ ...SHIRT, title: "Hemd" })).link).toMatchObject({
      state: "active",
      reason: null,
      attempts: 0,
      heldBack: false,
      hops: 0,
    })
    expect(taken(stopped, there(SHIRT)).link.state).toBe("quarantined")
    expect(taken(link({ state: "unlinked" }), there({ ...SHIRT, title: "Hemd" })).link.state).toBe("unlinked")
  })

  it("that finds another key announces a refused record anew, and no other one", () => {
    const refused = link({ peerId: null, state: "quarantined", announced: "handle=shirt", promised: "d7" })
    const rekeyed = { ...SHIRT, handle: "hemd" }
    expect(taken(refused, there(rekeyed)).link).toMatchObject({
      announced: null,
      withdrawn: "handle=shirt",
      promised: null,
    })
    // Refused before it was announced again: the key that a message can have is still the first one.
    const twice = { ...refused, announced: null, withdrawn: "handle=shirt" }
    expect(taken(twice, there(rekeyed)).link).toMatchObject({ announced: null, withdrawn: "handle=shirt" })
    const kept = { announced: "handle=shirt", promised: "d7" }
    expect(taken(refused, there({ ...SHIRT, title: "Hemd" })).link).toMatchObject(kept)
    expect(taken({ ...refused, awaiting: "d7" }, there(rekeyed)).link).toMatchObject(kept)
    expect(taken({ ...refused, state: "active" }, there(rekeyed)).link).toMatchObject(kept)
    // A kind with two keys is announced by another one as soon as one of them is.
    const variant = { ...refused, entity: "variant", fields: told({ title: "S", sku: "s-1" }) }
    expect(taken(variant, there({ title: "S", sku: "s-2" }), VARIANT).link.announced).toBeNull()
  })

  it("follows a part to another parent, and keeps the last one that was known", () => {
    const part = (more: Partial<Link>) => ({ ...link(more), entity: "variant", fields: told({ title: "S" }) })
    const moved = taken(part({ parentId: "p1" }), there({ title: "S", product: "p2" }), VARIANT)
    expect(moved.link.parentId).toBe("p2")
    const known = told({ title: "S", product: "p2" })
    const unnoted = taken({ ...part({ parentId: null }), fields: known }, there({ title: "S", product: "p2" }), VARIANT)
    expect(unnoted).toMatchObject({ changed: [], link: { parentId: "p2", rev: 3 } })
    expect(taken(part({ parentId: "p1" }), there({ title: "S" }), VARIANT).link.parentId).toBe("p1")
    expect(taken(part({ parentId: "p1" }), { present: false, fields: { product: "p2" } }, VARIANT).link.parentId).toBe(
      "p1",
    )
  })

  it("keeps a field's answers of automations, and tells it no more after two", () => {
    const row = there({ ...SHIRT, title: "by a flow" })
    const answers = (n: number): Chain => ({ inField: () => n, inRecord: 0 })
    expect(taken(link(), row, PRODUCT, answers(2)).link.fields["title"]).toEqual({
      fp: fingerprint("by a flow"),
      r: 4,
      h: 2,
    })
    expect(taken(link(), row, PRODUCT, answers(0)).link.fields["title"]).toEqual({ fp: fingerprint("by a flow"), r: 4 })
    const loop = taken(link(), row, PRODUCT, answers(3))
    expect(loop.looping).toEqual(["title"])
    expect(loop.link.fields["title"]).toEqual({ fp: fingerprint("by a flow"), r: 1 })
  })

  it("keeps how far a record's chain has come, and after ten hops tells nothing that it has changed", () => {
    const row = there({ ...SHIRT, title: "by a flow", handle: "shirts" })
    const chain = (inRecord: number): Chain => ({ inField: () => 0, inRecord })
    expect(taken(link(), row, PRODUCT, chain(10))).toMatchObject({ looping: [], link: { hops: 10 } })
    expect(taken(link(), row, PRODUCT, chain(11)).looping).toEqual(["title", "handle"])
  })
})

describe("a record that went or came back", () => {
  it("keeps its last values, and its end is a change", () => {
    expect(taken(link(), { present: false, fields: { ...SHIRT, title: "last" } })).toMatchObject({
      aliveChanged: true,
      changed: ["title"],
      link: { standing: "gone", rev: 4, aliveRev: 4, snapshot: { ...SHIRT, title: "last" } },
    })
    expect(taken(link({ snapshot: SHIRT }), GONE).link.snapshot).toEqual(SHIRT)
  })

  it("is not looked at again while it is away", () => {
    const away = link({ standing: "gone", snapshot: SHIRT })
    expect(taken(away, { present: false, fields: { ...SHIRT, title: "changed since" } })).toEqual({
      link: away,
      changed: [],
      aliveChanged: false,
      looping: [],
    })
    expect(taken(link({ standing: "along", snapshot: SHIRT }), GONE).link.standing).toBe("along")
  })

  it("is alive again as soon as its row is back", () => {
    expect(taken(link({ standing: "gone", snapshot: SHIRT }), there(SHIRT))).toMatchObject({
      aliveChanged: true,
      link: { standing: "alive", aliveRev: 4, snapshot: null },
    })
  })

  const archived = (more: Partial<Link> = {}) =>
    link({ standing: "archived", fields: told({ ...SHIRT, status: "draft" }), snapshot: SHIRT, ...more })

  it("stays archived while it shows the value by which it was archived, whatever else is edited", () => {
    const found = taken(archived(), there({ ...SHIRT, status: "draft", title: "Hemd" }))
    expect(found).toMatchObject({
      aliveChanged: false,
      changed: ["title"],
      link: { standing: "archived", snapshot: SHIRT },
    })
  })

  it("whoever touches that value takes it out of the archive, and the value is said anew", () => {
    const found = taken(archived(), there(SHIRT))
    expect(found).toMatchObject({ aliveChanged: true, link: { standing: "alive", snapshot: null, aliveRev: 4 } })
    expect(found.link.fields["status"]).toEqual({ fp: fingerprint("published"), r: 4 })
  })

  it("that was archived and is deleted now goes with the value that the archive covered", () => {
    const found = taken(archived(), { present: false, fields: { ...SHIRT, status: "draft" } })
    expect(found.link).toMatchObject({ standing: "gone", snapshot: SHIRT })
    const without = taken(archived({ snapshot: null }), { present: false, fields: { ...SHIRT, status: "draft" } })
    expect(without.link.snapshot).toEqual({ ...SHIRT, status: null })
    // Not what an archive never covered.
    const alive = taken(link({ fields: told({ ...SHIRT, status: "draft" }) }), {
      present: false,
      fields: { ...SHIRT, status: "draft" },
    })
    expect(alive.link.snapshot).toMatchObject({ status: "draft" })
  })

  it("that the peer deleted and this host ignores stays ignored while its row is there", () => {
    expect(taken(link({ standing: "ignored" }), there(SHIRT)).link.standing).toBe("ignored")
    expect(taken(link({ standing: "ignored" }), GONE).link.standing).toBe("gone")
  })
})

describe("life and end of a record", () => {
  const record = (more: Partial<WireRecord>): WireRecord => ({
    entity: "product",
    id: "d1",
    peer: "m1",
    key: null,
    rev: 9,
    seen: 3,
    full: false,
    hops: 0,
    alive: true,
    alive_rev: 0,
    fields: {},
    ...more,
  })
  const end = record({ alive: false, alive_rev: 9 })
  const verdict = (before: Partial<Link>, message: WireRecord, news = false) =>
    mergeAliveness("archive", link({ seen: 5, ...before }), message, news)

  it.each([
    ["propagate", "remove"],
    ["archive", "archive"],
    ["unlink", "unlink"],
    ["ignore", "ignore"],
  ] as const)("the peer's end of it, with all changes here seen: %s is %s", (policy, kindOf) => {
    expect(mergeAliveness(policy, link({ seen: 5 }), end, false)).toEqual({ kind: kindOf })
  })

  it("an end yields to a change that its author had not seen (I2)", () => {
    expect(verdict({ fields: told(SHIRT, 4) }, end)).toEqual({ kind: "reassert" })
    expect(verdict({ aliveRev: 4 }, end)).toEqual({ kind: "reassert" })
    expect(verdict({ fields: told(SHIRT, 3), aliveRev: 3 }, end)).toEqual({ kind: "archive" })
  })

  it("an end that is in here already, or of a record that is not alive, changes nothing", () => {
    expect(verdict({ seen: 9 }, end)).toEqual({ kind: "keep" })
    for (const standing of ["archived", "ignored", "gone", "along"] satisfies Standing[])
      expect(verdict({ standing }, end)).toEqual({ kind: "keep" })
  })

  it("the peer's revival brings it back, and who deleted it here meanwhile tells that it lives", () => {
    const back = record({ alive_rev: 9 })
    expect(verdict({ standing: "archived" }, back)).toEqual({ kind: "revive", assert: false })
    expect(verdict({ standing: "gone", aliveRev: 4 }, back)).toEqual({ kind: "revive", assert: true })
    expect(verdict({ standing: "gone", aliveRev: 3 }, back)).toEqual({ kind: "revive", assert: false })
    expect(verdict({}, back)).toEqual({ kind: "keep" })
  })

  it("an edit of one that was deleted here brings it back only when its author had not seen the end", () => {
    const edit = record({ alive_rev: 2 })
    expect(verdict({ standing: "gone", aliveRev: 4 }, edit, true)).toEqual({ kind: "revive", assert: true })
    expect(verdict({ standing: "gone", aliveRev: 3 }, edit, true)).toEqual({ kind: "keep" })
    expect(verdict({ standing: "gone", aliveRev: 4 }, edit, false)).toEqual({ kind: "keep" })
    expect(verdict({ aliveRev: 4 }, edit, true)).toEqual({ kind: "keep" })
  })
})
