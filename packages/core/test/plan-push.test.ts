import { describe, expect, it } from "vitest"
import { NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import { planPush, retell, withoutRetry, type Known } from "../src/record/plan-push.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"
import type { HostRow } from "../src/ports.ts"

const { entities } = resolveConfig()
const kind = (name: string): EntityDefinition => {
  const found = entities.get(name)
  if (!found) throw new Error(name)
  return found
}

const SHIRT = { title: "Shirt", handle: "shirt" }
const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "m1"),
  peerId: "d1",
  rev: 5,
  acked: 4,
  seen: 2,
  aliveRev: 1,
  fields: { title: { fp: "t", r: 5 }, handle: { fp: "h", r: 1 } },
  ...more,
})
const NEW = { peerId: null, acked: 0 }
const there = (fields: HostRow["fields"] = SHIRT): HostRow => ({ present: true, fields })
const GONE: HostRow = { present: false, fields: null }
const plan = (before: Partial<Link>, row = there(), known?: Known, entity = kind("product")) =>
  planPush(entity, link(before), row, known)
const sent = (...given: Parameters<typeof plan>) => {
  const found = plan(...given)
  if (found.kind !== "send") throw new Error(found.kind)
  return found
}

describe("what the peer is told", () => {
  it("of a pair are the fields that it has not acknowledged, as they are now", () => {
    expect(plan({}, there({ ...SHIRT, title: "Hemd" }))).toEqual({
      kind: "send",
      link: link(),
      record: {
        entity: "product",
        id: "m1",
        peer: "d1",
        key: null,
        rev: 5,
        seen: 2,
        full: false,
        hops: 0,
        alive: true,
        alive_rev: 1,
        fields: { title: ["Hemd", 5] },
      },
    })
    expect(sent({}, there({})).record.fields).toEqual({ title: [null, 5] })
  })

  it("31: of what has nothing left to be tried again there is no reason any more", () => {
    const retried = { attempts: 2, reason: "concurrent_write: The record was busy." }
    expect(withoutRetry(link({ ...retried, acked: 5 }))).toEqual(link({ acked: 5 }))
    for (const kept of [link(retried), link({ ...retried, acked: 5, state: "quarantined" }), link({ acked: 5 })])
      expect(withoutRetry(kept)).toBe(kept)
  })

  it("31: of what went with its record is that it is empty, when the peer has nothing to refer to, and not when it was busy", () => {
    const fields = { collection: { fp: NULL_FINGERPRINT, r: 5, went: "c1" } }
    const waiting = { fields, heldBack: true, attempts: 3 }
    const told = (reason: string) => sent({ ...waiting, reason }, there({})).record.fields
    expect(told("need_parent: a record that it refers to has not arrived")).toEqual({ collection: [null, 6] })
    expect(told("concurrent_write: The record was busy.")).toEqual({ collection: ["c1", 5] })
    // A peer that names the field means that one alone.
    const naming = (field: string) => `need_parent: ${field} refers to a record that has not arrived on the other side`
    expect(told(naming("collection"))).toEqual({ collection: [null, 6] })
    expect(told(naming("categories#c2"))).toEqual({ collection: ["c1", 5] })
  })

  it("23: of what went with its record and was the peer's own value is that it is empty, and no edit of this side", () => {
    const reason = "need_parent: collection refers to c1, which has not arrived on the other side"
    const told = (e?: number) => {
      const collection = { fp: NULL_FINGERPRINT, r: 5, went: "c1", ...(e === undefined ? {} : { e }) }
      return sent({ fields: { collection }, heldBack: true, attempts: 3, reason }, there({})).record.fields
    }
    expect(told(0)).toEqual({ collection: [null, 6, 0, 0] })
    for (const e of [undefined, 3]) expect(told(e)).toEqual({ collection: [null, 6] })
  })

  it("23: of a record without a peer it takes back what a copy under way still tells, and stands against no value there", () => {
    const fields = { handle: { fp: "h", r: 1 }, collection: { fp: NULL_FINGERPRINT, r: 5, went: "c1" } }
    const reason = "need_parent: collection refers to c1, which has not arrived on the other side"
    const told = sent({ ...NEW, fields, heldBack: true, attempts: 3, reason })
    expect(told.record).toMatchObject({ rev: 6, fields: { handle: ["shirt", 1], collection: [null, 6, 0, 0] } })
    expect(told.link.fields["collection"]).toEqual({ fp: NULL_FINGERPRINT, r: 6, e: 0 })
  })

  it("of a new record is all that it has, under its key, which is kept until the peer answers", () => {
    const fields = { ...link().fields, subtitle: { fp: NULL_FINGERPRINT, r: 0 } }
    const first = sent({ ...NEW, fields })
    expect(first.record).toMatchObject({
      full: true,
      peer: null,
      key: { field: "handle", value: "shirt" },
      fields: { title: ["Shirt", 5], handle: ["shirt", 1] },
    })
    expect(first.record.fields).not.toHaveProperty("subtitle")
    // Also what a peer had said that has forgotten it.
    expect(sent({ ...NEW, fields: { title: { fp: "t", r: 0 } } }).record.fields).toEqual({ title: ["Shirt", 0] })
    expect(first.link.announced).toBe("handle=shirt")
    const again = sent({ ...NEW, announced: "handle=shirt" }, there({ ...SHIRT, handle: "hemd" }))
    expect(again.record.key).toEqual({ field: "handle", value: "shirt" })
    expect(again.link.announced).toBe("handle=shirt")
    const without = sent(NEW, there({ title: "Shirt" }))
    expect(without.record.key).toBeNull()
    expect(without.link.announced).toBe("")
    expect(sent({ ...NEW, announced: "" }).record.key).toBeNull()
  })

  it("says how often automations have answered, and when the edit was made", () => {
    const told = (more: object) => sent({ fields: { title: { fp: "t", r: 5, ...more } } }).record.fields["title"]
    expect(told({})).toEqual(["Shirt", 5])
    expect(told({ h: 2 })).toEqual(["Shirt", 5, 2])
    expect(told({ e: 3 })).toEqual(["Shirt", 5, 0, 3])
    expect(told({ h: 1, e: 3 })).toEqual(["Shirt", 5, 1, 3])
  })

  it("is nothing when nothing is new, or a person has to act", () => {
    expect(plan({ acked: 5 }).kind).toBe("nothing")
    expect(plan({ state: "quarantined" }).kind).toBe("nothing")
    expect(plan({ state: "unlinked" }).kind).toBe("nothing")
  })

  it("is nothing of what came and went before it was announced", () => {
    expect(plan({ ...NEW, standing: "gone" }, GONE)).toEqual({ kind: "forget" })
    const known = { ...NEW, standing: "gone", lastSyncedAt: "2026-01-01T00:00:00.000Z" } as const
    expect(plan(known, GONE)).toEqual({ kind: "nothing" })
    expect(plan({ ...NEW, standing: "archived" })).toEqual({ kind: "nothing" })
    expect(plan({ ...NEW, standing: "gone", announced: "handle=shirt" }, GONE).kind).toBe("send")
  })

  it("of an end is the end alone; edits that waited get a rev that its ack does not cover (I2)", () => {
    const end = sent({ standing: "gone", aliveRev: 5, snapshot: SHIRT }, GONE)
    expect(end.record).toMatchObject({ alive: false, alive_rev: 5, rev: 5, fields: {} })
    expect(end.link).toMatchObject({ rev: 6, announced: null, fields: { title: { r: 6 }, handle: { r: 1 } } })
    const clean = sent({ standing: "gone", aliveRev: 5, fields: { handle: { fp: "h", r: 1 } } }, GONE)
    expect(clean.link.rev).toBe(5)
  })

  it("takes the last values where there is no row", () => {
    expect(sent({ snapshot: SHIRT }, GONE).record.fields).toEqual({ title: ["Shirt", 5] })
    expect(sent({}, GONE).record.fields).toEqual({ title: [null, 5] })
  })
})

describe("a reference", () => {
  const fields = { title: { fp: "t", r: 5 }, collection: { fp: "c", r: 3 }, "categories#c1": { fp: "x", r: 4 } }
  const document = { ...SHIRT, collection: "col1", "categories#c1": true }
  const referring = (known: ReturnType<Known>, more: Partial<Link> = {}, row = document as HostRow["fields"]) =>
    plan({ acked: 2, fields, ...more }, there(row), () => known)
  const record = (found: ReturnType<typeof plan>) => (found.kind === "send" ? found.record : null)

  it("to what the peer has is told", () => {
    expect(record(referring("known"))).toMatchObject({
      rev: 5,
      fields: { title: ["Shirt", 5], collection: ["col1", 3], "categories#c1": [true, 4] },
    })
  })

  it("asks for the record that it names, of its own kind", () => {
    const asked: string[] = []
    plan({ acked: 2, fields }, there(document), (of, id) => {
      asked.push(`${of} ${id}`)
      return "known"
    })
    expect(asked).toEqual(["collection col1", "category c1"])
  })

  it.each(["blocked", "ended", "unproven"] as const)(
    "to what is %s is held back alone, and the others go on",
    (known) => {
      const found = referring(known)
      expect(record(found)).toMatchObject({ rev: 5, fields: { title: ["Shirt", 5] } })
      expect(record(found)?.fields).not.toHaveProperty("collection")
      // The ack of rev 5 must not cover them.
      expect(found).toMatchObject({
        link: { heldBack: true, rev: 6, fields: { title: { r: 5 }, collection: { r: 6 }, "categories#c1": { r: 6 } } },
      })
    },
  )

  it("that is held back above what is sent keeps its rev, since no ack covers it", () => {
    const found = referring("blocked", {
      fields: {
        ...fields,
        title: { fp: "t", r: 3 },
        collection: { fp: "c", r: 5 },
        "categories#c1": { fp: "x", r: 2 },
      },
    })
    expect(record(found)).toMatchObject({ rev: 3, fields: { title: ["Shirt", 3] } })
    expect(found).toMatchObject({ link: { rev: 5, heldBack: true, fields: { collection: { r: 5 } } } })
  })

  it("that was taken away is told, also when the record has ended or was never told", () => {
    const emptied = { ...document, collection: null, "categories#c1": null }
    expect(record(referring("ended", {}, emptied))?.fields).toMatchObject({
      collection: [null, 3],
      "categories#c1": [null, 4],
    })
    const untold = record(referring("untold", {}, emptied))?.fields
    expect(untold).toHaveProperty("collection")
    expect(untold).not.toHaveProperty("categories#c1")
    expect(record(referring("untold"))?.fields).toHaveProperty("categories#c1")
    // Nothing is left to tell, and the peer has to hear of the rev all the same.
    const only = { "categories#c1": { fp: "x", r: 5 } }
    expect(record(referring("untold", { fields: only }, emptied))).toMatchObject({ rev: 5, fields: {} })
  })

  it("alone, that cannot arrive, lets the record wait; an end or a new life does not wait", () => {
    const only = { collection: { fp: "c", r: 5 } }
    const reason = `need_parent: collection refers to ${String(document["collection"])}, which is not there on the other side: it is archived, stopped or left alone`
    expect(referring("blocked", { fields: only })).toEqual({
      kind: "wait",
      link: link({ acked: 2, fields: only, heldBack: true, reason }),
    })
    const waiting = link({ acked: 2, fields: only, heldBack: true, reason })
    const again = planPush(kind("product"), waiting, there(document), () => "blocked")
    expect(again.kind === "wait" && again.link).toBe(waiting)
    expect(referring("blocked", { fields: only, aliveRev: 3 }).kind).toBe("send")
  })

  it("to what may wait for this very record is told at first, and held back once it has waited", () => {
    expect(record(referring("waits"))?.fields).toHaveProperty("collection")
    expect(record(referring("waits", { heldBack: true }))?.fields).not.toHaveProperty("collection")
  })

  it("of a part to its parent is never left out of its announcement", () => {
    const part = (known: ReturnType<Known>, more: Partial<Link> = {}) =>
      plan(
        { ...NEW, fields: { title: { fp: "t", r: 5 }, product: { fp: "p", r: 5 } }, ...more },
        there({ title: "S", product: "p1" }),
        () => known,
        kind("variant"),
      )
    expect(part("known").kind).toBe("send")
    expect(part("blocked")).toMatchObject({ kind: "wait", link: { heldBack: true } })
    expect(part("waits", { heldBack: true }).kind).toBe("send")
    const orphan = plan(
      { ...NEW, fields: { title: { fp: "t", r: 5 } } },
      there({ title: "S" }),
      undefined,
      kind("variant"),
    )
    expect(orphan.kind).toBe("wait")
  })
})

it("what is told again gets one rev above all, and a field that was never there is empty", () => {
  expect(retell(link(), ["title", "new"])).toMatchObject({
    rev: 6,
    fields: { title: { fp: "t", r: 6 }, handle: { fp: "h", r: 1 }, new: { fp: NULL_FINGERPRINT, r: 6 } },
  })
  const before = link()
  expect(retell(before, [])).toBe(before)
})
