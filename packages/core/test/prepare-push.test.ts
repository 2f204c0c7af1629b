import { describe, expect, it } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import type { Document } from "../src/document/value.ts"
import { captureLeased, pack } from "../src/send/prepare-push.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import type { Control } from "../src/control.ts"
import type { Mark } from "../src/ports.ts"
import { LIMITS } from "../src/wire/messages.ts"
import { hostWith, type Given } from "./host-with.ts"
import { wireRecord } from "./wire-record.ts"

const SHIRT: Document = { title: "Shirt", handle: "shirt" }
const told = (document: Document, r: number) =>
  Object.fromEntries(Object.entries(document).map(([name, value]) => [name, { fp: fingerprint(value), r }]))
/** A product that the peer has as it was at rev 5. */
const link = (localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", localId),
  peerId: `d-${localId}`,
  rev: 5,
  acked: 5,
  aliveRev: 1,
  fields: told(SHIRT, 1),
  ...more,
})
const part = (localId: string, more: Partial<Link> = {}): Link => ({
  ...link(localId),
  entity: "variant",
  fields: told({ title: "S" }, 1),
  ...more,
})
const markOf = (entity: string, localId: string, more: Partial<Mark> = {}): Mark => ({ entity, localId, n: 1, ...more })

/** Captures these marks and shows what became of them, of their links, and of the journal. */
async function captured(given: Given, marks: Mark[], control: Partial<Control> = {}) {
  const { host } = hostWith(given)
  for (const { entity, localId, n } of marks)
    if (host.options.config.entities.has(entity))
      host.table(entity).marks.set(localId, { n, due: 0, leasedUntil: 99_999 })
  const saved: string[] = []
  const { transaction } = host.ports
  const cleared: Mark[] = []
  const ports = {
    ...host.ports,
    transaction: ((work) =>
      transaction((tx) =>
        work({
          ...tx,
          links: {
            ...tx.links,
            save: (name, links) => (saved.push(...links.map(({ localId }) => localId)), tx.links.save(name, links)),
          },
          marks: {
            ...tx.marks,
            clear: (marks) => {
              cleared.push(...marks)
              return tx.marks.clear(marks.filter(({ entity }) => host.options.config.entities.has(entity)))
            },
          },
        }),
      )) satisfies typeof transaction,
  }
  const ready = await captureLeased(ports, marks, { ...host.control, ...control })
  const due = (entity: string, localId: string) => host.table(entity).marks.get(localId)?.due
  const linkOf = (entity: string, localId: string) => host.table(entity).links.get(localId)
  return { host, ready: ready.map(({ record }) => record), saved, cleared, due, linkOf }
}

describe("what a sender has leased", () => {
  it("and has nothing to tell is forgotten, and a link that has not changed is not written", async () => {
    const mark = markOf("product", "p1")
    const { ready, saved, due } = await captured({ rows: { product: { p1: SHIRT } }, links: [link("p1")] }, [mark])
    expect({ ready, saved, due: due("product", "p1") }).toEqual({ ready: [], saved: [], due: undefined })
    // One that waits to be sent is not written either: it is as it was captured.
    const waiting = link("p1", { rev: 6, fields: { ...told(SHIRT, 1), title: { fp: fingerprint("Shirt"), r: 6 } } })
    const again = await captured({ rows: { product: { p1: SHIRT } }, links: [waiting] }, [mark])
    expect(again.ready).toMatchObject([{ id: "p1", rev: 6, fields: { title: ["Shirt", 6] } }])
    expect(again.saved).toEqual([])
    expect(again.host.journal).toEqual([])
  })

  it("of a kind that is not mapped any more is forgotten", async () => {
    const mark = markOf("shoe", "s1")
    expect((await captured({}, [mark])).cleared).toEqual([mark])
  })

  it("that came and went before anybody was told leaves nothing", async () => {
    const untold = link("p1", { peerId: null, acked: 0, rev: 1, standing: "alive" })
    const { ready, due, linkOf } = await captured({ links: [untold] }, [markOf("product", "p1")])
    expect(ready).toEqual([])
    expect(due("product", "p1")).toBeUndefined()
    expect(linkOf("product", "p1")).toBeUndefined()
  })

  it("that a person has to look at waits for one, and the peer is not told", async () => {
    const stopped = link("p1", { state: "quarantined", reason: "not_unique: x" })
    const given = { rows: { product: { p1: SHIRT } }, links: [stopped] }
    const { ready, due, saved } = await captured(given, [markOf("product", "p1")])
    expect(ready).toEqual([])
    expect(due("product", "p1")).toBe(Infinity)
    expect(saved).toEqual([])
  })

  it("that refers to what cannot arrive waits for it, and its link says so", async () => {
    const variant = { title: "S", product: "p1" }
    const given: Given = {
      rows: { product: { p1: SHIRT }, variant: { v1: variant } },
      links: [link("p1", { peerId: null, acked: 0, announced: "handle=shirt", state: "quarantined" })],
    }
    const { ready, due, linkOf } = await captured(given, [markOf("variant", "v1")])
    expect(ready).toEqual([])
    expect(due("variant", "v1")).toBe(Infinity)
    expect(linkOf("variant", "v1")).toMatchObject({ heldBack: true, peerId: null, rev: 1 })
  })

  it("and rests with its parent is forgotten", async () => {
    const given: Given = {
      rows: { product: { p1: SHIRT }, variant: { v1: { title: "M", product: "p1" } } },
      links: [link("p1", { standing: "archived", snapshot: SHIRT }), part("v1", { parentId: "p1" })],
    }
    const { ready, due, saved } = await captured(given, [markOf("variant", "v1")])
    expect({ ready, saved, due: due("variant", "v1") }).toEqual({ ready: [], saved: [], due: undefined })
  })

  it("is looked at anew when the database begins the transaction again", async () => {
    const gone = part("v1", { parentId: "p1", standing: "along", snapshot: { title: "S", product: "p1" } })
    const { host } = hostWith({ rows: { product: { p1: SHIRT } }, links: [link("p1"), gone] })
    const mark = markOf("variant", "v1")
    host.table("variant").marks.set("v1", { n: 1, due: 0, leasedUntil: 99_999 })
    const { transaction } = host.ports
    const made: number[] = []
    let times = 0
    const ports = {
      ...host.ports,
      transaction: ((work) =>
        transaction(async (tx) => {
          // As a host does after a deadlock.
          if (times++ === 0) await work(tx)
          return work({
            ...tx,
            marks: { ...tx.marks, postpone: (marks, at) => (made.push(marks.length), tx.marks.postpone(marks, at)) },
          })
        })) satisfies typeof transaction,
    }
    expect(await captureLeased(ports, [mark], host.control)).toEqual([])
    expect(host.table("variant").rows.size).toBe(1)
    expect(made.at(-1)).toBe(1)
    expect(host.table("variant").marks.get("v1")).toMatchObject({ due: 1_000, leasedUntil: 0 })
  })
})

describe("an end that is told", () => {
  const ends = (count: number, more: Partial<Link> = {}) =>
    Array.from({ length: count }, (_, n) => link(`p${String(n)}`, more))
  const marks = (links: Link[]) => links.map(({ localId }) => markOf("product", localId))

  it("counts to those of its kind that are stopped when they are too many, unless a person means them", async () => {
    const many = ends(51)
    await expect(captured({ links: many }, marks(many))).rejects.toMatchObject({ code: "mass_delete" })
    const paused = { code: "mass_delete", message: "m", since: "", accepted: true } as const
    expect((await captured({ links: many }, marks(many), { paused })).ready).toHaveLength(51)
  })

  it("does not count before the peer has the record, nor does what is no end", async () => {
    const announced = ends(51, { peerId: null, acked: 0, announced: "handle=shirt" })
    expect((await captured({ links: announced }, marks(announced))).ready).toHaveLength(51)
    const edited = ends(51)
    const rows = Object.fromEntries(edited.map(({ localId }) => [localId, { ...SHIRT, title: "Hemd" }]))
    expect((await captured({ rows: { product: rows }, links: edited }, marks(edited))).ready).toHaveLength(51)
  })

  it("wakes nobody who waits for a record of its kind; one that comes back does", async () => {
    const held = part("v9", { heldBack: true, fields: { product: { fp: fingerprint("p1"), r: 1 } } })
    const ended = await captured({ rows: { variant: { v9: { title: "S" } } }, links: [link("p1"), held] }, [
      markOf("product", "p1"),
    ])
    expect(ended.ready).toMatchObject([{ id: "p1", alive: false }])
    expect(ended.due("variant", "v9")).toBeUndefined()
    const gone = link("p1", { standing: "gone", snapshot: SHIRT, aliveRev: 5 })
    const back = await captured({ rows: { product: { p1: SHIRT } }, links: [gone, held] }, [markOf("product", "p1")])
    expect(back.ready).toMatchObject([{ id: "p1", alive: true }])
    expect(back.due("variant", "v9")).toBe(1_000)
  })
})

describe("what is told at once", () => {
  const { host } = hostWith({})
  const ready = (count: number, bytes = 10) =>
    Array.from({ length: count }, (_, n) => {
      const id = `p${String(n)}`
      return { mark: markOf("product", id), record: sized(id, bytes) }
    })
  /** A record of so many bytes. */
  const sized = (id: string, bytes: number) => {
    const record = wireRecord({ id, fields: { note: ["", 1] } })
    const less = Buffer.byteLength(JSON.stringify(record))
    return { ...record, fields: { note: ["x".repeat(Math.max(0, bytes - less)), 1] as [string, number] } }
  }
  const sizes = (of: ReturnType<typeof ready>): number[] =>
    pack(host.ports, host.control, of).map(({ marks, message }) => {
      expect(marks.map(({ localId }) => localId)).toEqual(message.records.map(({ id }) => id))
      return marks.length
    })

  it("is a hundred records", () => {
    expect([sizes(ready(100)), sizes(ready(101)), sizes([])]).toEqual([[100], [100, 1], []])
  })

  it("is as many as a message may hold, to the byte, and one that is larger goes alone", () => {
    const half = LIMITS.sendBytes / 2
    expect(sizes(ready(4, half))).toEqual([2, 2])
    expect(sizes([...ready(1, half + 1), ...ready(2, half)])).toEqual([1, 2])
    expect(sizes([...ready(1, 2 * LIMITS.sendBytes), ...ready(1)])).toEqual([1, 1])
  })
})
