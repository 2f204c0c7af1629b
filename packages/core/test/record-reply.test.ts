import { fingerprint } from "../src/document/fingerprint.ts"
import { describe, expect, it } from "vitest"
import { envelope } from "../src/send/envelope.ts"
import type { Outgoing } from "../src/send/prepare-push.ts"
import { recordReply, standStill } from "../src/send/record-reply.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control } from "../src/control.ts"
import type { Reply } from "../src/ports.ts"
import type { RecordResult } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"

/** Medusa with a leased mark, and a message about its record that is on its way. */
function sender(control: Partial<Control> = {}) {
  const lines: string[] = []
  const { medusa } = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
  medusa.control = { ...medusa.control, ...control }
  const id = medusa.create("product", { title: "Shirt", handle: "shirt" })
  const { marks } = medusa.table("product")
  const n = marks.get(id)?.n ?? 0
  marks.set(id, { n, due: 0, leasedUntil: Infinity })
  const message = envelope(medusa.ports, medusa.control, [wireRecord({ id })])
  const outgoing: Outgoing = { message, marks: [{ entity: "product", localId: id, n }] }
  const isBack = (): boolean => marks.get(id)?.leasedUntil === 0 && marks.get(id)?.due === medusa.options.clock()
  return { medusa, outgoing, lines, isBack, reply: (reply: Reply) => recordReply(medusa.ports, outgoing, reply) }
}

const EPOCH = "00000000-0000-4000-8000-00000000000d"
const answered = (clockOffset?: number): Reply => ({
  kind: "results",
  epoch: EPOCH,
  results: [],
  ...(clockOffset === undefined ? {} : { clockOffset }),
})

describe("a peer that has heard more of this database", () => {
  const old = (beat?: number): Reply => ({
    kind: "refused",
    code: "old_beat",
    message: "old",
    ...(beat === undefined ? {} : { beat }),
  })

  it("tells that it was restored, and what was to be told waits", async () => {
    const { medusa, reply, isBack } = sender({ beat: 5 })
    const { epoch } = medusa.control
    await reply(old(6))
    expect(medusa.control).toMatchObject({ repair: "restored", past: [epoch] })
    expect(isBack()).toBe(true)
  })

  it("tells nothing when this database has reached that since, is another one, or the peer names no beat", async () => {
    for (const [beat, change] of [
      [5, {}],
      [undefined, {}],
      [6, { epoch: EPOCH }],
    ] as const) {
      const { medusa, reply, isBack } = sender({ beat: 5 })
      medusa.control = { ...medusa.control, ...change }
      await reply(old(beat))
      expect(medusa.control).toMatchObject({ repair: null, past: [] })
      expect(isBack()).toBe(true)
    }
  })
})

describe("a peer that does not answer", () => {
  const lost: Reply = { kind: "unreachable", message: "ECONNREFUSED", retryAfter: null }

  it("is told of once, and what was to be told waits for no lease to run out", async () => {
    const { medusa, reply, lines, isBack } = sender()
    await reply(lost)
    expect(isBack()).toBe(true)
    await reply(lost)
    expect(lines).toEqual([expect.stringMatching(/^The other side does not answer \(ECONNREFUSED\)/)])
    expect(medusa.control.breaker.failures).toBe(2)
    await reply(answered())
    expect(medusa.control.breaker).toEqual({ failures: 0, openUntil: null })
  })
})

describe("a direction that stands still", () => {
  it("is told of once for each reason, and what was to be told waits", async () => {
    const { medusa, outgoing, lines, isBack } = sender()
    const { ports } = medusa
    for (const code of ["unauthorized", "unauthorized", "epoch_mismatch"] as const)
      await standStill(ports, outgoing.marks, code, "why")
    expect(lines).toEqual(["Sync is paused (unauthorized): why", "Sync is paused (epoch_mismatch): why"])
    expect(isBack()).toBe(true)
    expect(medusa.control.breaker.failures).toBe(3)
  })
})

describe("the clock of the peer", () => {
  const MINUTES = 120_000

  it("is remembered when it is another one than it was, by two seconds", async () => {
    const { medusa, reply } = sender({ clockOffset: null })
    const after = async (offset?: number) => {
      await reply(answered(offset))
      return medusa.control.clockOffset
    }
    expect([await after(), await after(500), await after(2_499), await after(-1_499)]).toEqual([null, 500, 500, 500])
    expect([await after(2_500), await after(500)]).toEqual([2_500, 500])
  })

  it("is told of when it goes off, and again only when it is off the other way or was right meanwhile", async () => {
    const { reply, lines } = sender({ clockOffset: null })
    const offs = [MINUTES, 2 * MINUTES, -MINUTES, 0, 5_000, -MINUTES]
    for (const offset of offs) await reply(answered(offset))
    const said = lines.map((line) => line.replace(/^.*clock is (\d+ s \w+).*$/, "$1"))
    expect(said).toEqual(["120 s ahead", "120 s behind", "120 s behind"])
  })
})

describe("those that wait for a record", () => {
  /** What a variant that is held back is marked by, after the product's link and the peer's answer about it. */
  async function woken(before: Partial<Link>, result: Partial<RecordResult>): Promise<boolean> {
    const { medusa, outgoing, reply } = sender()
    const [id = ""] = outgoing.marks.map(({ localId }) => localId)
    const link: Link = { ...emptyLink("product", id), peerId: "d1", rev: 6, acked: 4, aliveRev: 1, ...before }
    medusa.table("product").links.set(id, link)
    outgoing.message.records = [wireRecord({ id, peer: link.peerId, rev: 6 })]
    medusa.table("variant").links.set("v1", waiting("v1", id))
    medusa.table("variant").links.set("v2", waiting("v2", "another"))
    await reply({
      kind: "results",
      epoch: EPOCH,
      results: [{ st: "ok", ack: 6, peer: "d1", rev: 3, ...result }],
    })
    expect(medusa.table("variant").marks.has("v2")).toBe(false)
    return medusa.table("variant").marks.has("v1")
  }
  const waiting = (localId: string, product: string): Link => ({
    ...emptyLink("variant", localId),
    heldBack: true,
    fields: { product: { fp: fingerprint(product), r: 1 } },
  })

  it("look again when the peer has got it, has it back, or will not get it", async () => {
    expect(await woken({ peerId: null, acked: 0, announced: "handle=shirt" }, { st: "created" })).toBe(true)
    expect(await woken({ aliveRev: 6 }, {})).toBe(true)
    expect(await woken({ aliveRev: 5 }, { ack: 5 })).toBe(true)
    expect(await woken({ aliveRev: 6 }, { st: "quarantined", ack: 0, code: "not_unique", reason: "x" })).toBe(true)
  })

  it("do not, when it is only an edit that has arrived, or the peer has not taken its return yet", async () => {
    expect(await woken({}, {})).toBe(false)
    expect(await woken({ aliveRev: 4 }, {})).toBe(false)
    expect(await woken({ aliveRev: 6 }, { ack: 5 })).toBe(false)
    expect(await woken({}, { st: "failed", ack: 0, code: "internal", reason: "x" })).toBe(false)
  })

  it("an edit that was made meanwhile is told at once, and the journal says what the peer did with the one before", async () => {
    const { medusa, outgoing, reply } = sender()
    const [id = ""] = outgoing.marks.map(({ localId }) => localId)
    const fields = { title: { fp: "new", r: 7 } }
    const link: Link = { ...emptyLink("product", id), peerId: "d1", rev: 7, acked: 4, aliveRev: 1, fields }
    medusa.table("product").links.set(id, link)
    outgoing.message.records = [wireRecord({ id, peer: "d1", rev: 6 })]
    await reply({ kind: "results", epoch: EPOCH, results: [{ st: "ok", ack: 6, peer: "d1", rev: 3 }] })
    expect(medusa.journal).toMatchObject([{ localId: id, direction: "out", event: "ok" }])
    expect(medusa.table("product").marks.get(id)).toMatchObject({ leasedUntil: 0, due: medusa.options.clock() })
  })

  it("an answer about a record without a link, that nobody has leased, is nobody's", async () => {
    const { medusa, outgoing } = sender()
    const message = { ...outgoing.message, records: [wireRecord({ id: "unknown" })] }
    await recordReply(medusa.ports, { message, marks: [] }, answered())
    expect(medusa.journal).toEqual([])
  })
})

describe("an answer that gives a record its peer", () => {
  it("locks the host's row before the link, as an apply does, and only such a row", async () => {
    const { medusa, reply } = sender()
    const [id = ""] = medusa.table("product").rows.keys()
    medusa.table("product").links.set(id, { ...emptyLink("product", id), rev: 1, aliveRev: 1, announced: "" })
    const order: string[] = []
    const { transaction } = medusa.ports
    medusa.ports.transaction = (work) =>
      transaction((tx) => {
        const noted =
          <T>(what: string, lock: (entity: string, ids: string[]) => T) =>
          (entity: string, ids: string[]): T => {
            order.push(`${what} ${ids.join()}`)
            return lock(entity, ids)
          }
        return work({
          ...tx,
          documents: { ...tx.documents, lock: noted("rows", tx.documents.lock) },
          links: { ...tx.links, lock: noted("links", tx.links.lock) },
        })
      })
    const created: RecordResult = { st: "created", ack: 1, peer: "d1", rev: 0 }
    await reply({ kind: "results", epoch: EPOCH, results: [created] })
    expect(order).toEqual([`rows ${id}`, `links ${id}`])
    order.length = 0
    await reply({
      kind: "results",
      epoch: EPOCH,
      results: [{ ...created, st: "failed", peer: null, code: "internal" }],
    })
    expect(order).toEqual(["rows ", `links ${id}`])
  })
})
