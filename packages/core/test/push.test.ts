import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { emptyLink, tombstoneOf } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Reply } from "../src/ports.ts"
import type { Message, RecordResult } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

const EPOCH = "00000000-0000-4000-8000-00000000000d"

type Peer = (message: Message) => Reply

const results = (...found: RecordResult[]): Reply => ({ kind: "results", epoch: EPOCH, results: found })
const created = (peer: string, ack = 1): RecordResult => ({ st: "created", ack, peer, rev: 1 })
const refused = (code: "too_large" | "invalid_message" | "unauthorized" | "restored"): Reply => ({
  kind: "refused",
  code,
  message: `because of ${code}`,
})

/** Medusa with some products, and a peer that answers as it is told. */
function sender(products: number, answer: Peer) {
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
  const { medusa } = pair
  const sent: Message[] = []
  Object.assign(medusa.ports, {
    transport: {
      send: (message: Message) => {
        sent.push(message)
        return Promise.resolve(answer(message))
      },
    },
  })
  const ids = Array.from({ length: products }, (_, n) =>
    medusa.create("product", { title: `P${String(n)}`, handle: `p-${String(n)}` }),
  )
  const { links, marks } = medusa.table("product")
  return { pair, medusa, sent, lines, ids, links, marks, link: (id = ids[0] ?? "") => links.get(id) }
}

describe("a message that the peer refuses because of a record in it (I8)", () => {
  it.each(["too_large", "invalid_message"] as const)("%s: is halved until that record stands alone", async (code) => {
    const bad = (id: string) => id === "m3"
    const { sent, link, ids, medusa, marks } = sender(5, ({ records }) =>
      records.some(({ id }) => bad(id)) ? refused(code) : results(...records.map(({ id }) => created(`d-${id}`))),
    )
    await pushOnce(medusa.ports)
    expect(sent.map(({ records }) => records.map(({ id }) => id).join(""))).toEqual([
      "m1m2m3m4m5",
      "m1m2m3",
      "m1m2",
      "m3",
      "m4m5",
    ])
    expect(new Set(sent.map(({ id }) => id)).size).toBe(5)
    for (const id of ids)
      expect(link(id)).toMatchObject(
        bad(id)
          ? { peerId: null, attempts: 1, reason: `${code}: because of ${code}`, state: "active" }
          : { peerId: `d-${id}`, reason: null },
      )
    expect([...marks.keys()]).toEqual(["m3"])
    expect(medusa.control.paused).toBeNull()
  })

  it("any other refusal stops the direction, and is said once", async () => {
    const { medusa, link, lines, pair } = sender(2, () => refused("unauthorized"))
    await pushOnce(medusa.ports)
    const since = new Date(pair.now).toISOString()
    expect(medusa.control).toMatchObject({
      paused: { code: "unauthorized", message: "because of unauthorized", since },
      breaker: { failures: 1, openUntil: new Date(pair.now + 60_000).toISOString() },
    })
    expect(link()).toMatchObject({ attempts: 0, state: "active" })
    expect(medusa.table("product").marks.size).toBe(2)
    pair.now += 60_000
    await pushOnce(medusa.ports)
    expect(medusa.control).toMatchObject({ paused: { since }, breaker: { failures: 2 } })
    expect(lines).toEqual(["Sync is paused (unauthorized): because of unauthorized"])
  })
})

describe("an answer", () => {
  it("of another database than before moves nothing", async () => {
    const { medusa, link, marks } = sender(1, ({ records }) => ({
      kind: "results",
      epoch: randomUUID(),
      results: records.map(() => created("d1")),
    }))
    medusa.control = { ...medusa.control, peerEpoch: EPOCH }
    await pushOnce(medusa.ports)
    expect(medusa.control.paused).toMatchObject({
      code: "epoch_mismatch",
      message: expect.stringMatching(/another database/) as string,
    })
    expect(link()?.peerId).toBeNull()
    expect(marks.size).toBe(1)
  })

  it("that leaves out a record is a failure of that record alone", async () => {
    const { medusa, link, ids } = sender(2, () => results(created("d1")))
    await pushOnce(medusa.ports)
    expect(link(ids[0])?.peerId).toBe("d1")
    expect(link(ids[1])).toMatchObject({
      peerId: null,
      attempts: 1,
      reason: "peer_failed: The other side did not answer this record.",
    })
  })

  it("is told in the journal, with the fields that were sent", async () => {
    const { medusa, ids, sent, pair } = sender(1, () => results(created("d1")))
    await pushOnce(medusa.ports)
    expect(medusa.journal).toEqual([
      {
        at: new Date(pair.now).toISOString(),
        entity: "product",
        localId: ids[0],
        direction: "out",
        event: "created",
        fields: ["handle", "title"],
        reason: null,
        syncId: sent[0]?.id,
      },
    ])
  })

  it("that names the peer's record for the first time is shown where the host has a field for it", async () => {
    const { medusa, ids } = sender(1, ({ records }) => results(...records.map(({ rev }) => created("d1", rev))))
    const { transaction } = medusa.ports
    const shown: unknown[] = []
    const showPeer = (entity: string, pairs: object[]) =>
      Promise.resolve(void shown.push(...pairs.map((pair) => ({ entity, ...pair }))))
    const watching: typeof transaction = (work) =>
      transaction((tx) => work({ ...tx, documents: { ...tx.documents, showPeer } }))
    Object.assign(medusa.ports, { transaction: watching })
    await pushOnce(medusa.ports)
    expect(shown).toEqual([{ entity: "product", localId: ids[0], peerId: "d1" }])
    medusa.edit("product", ids[0] ?? "", { title: "again" })
    await pushOnce(medusa.ports)
    expect(shown).toHaveLength(1)
  })

  it("of a failure is told as what follows from it", async () => {
    const { medusa } = sender(1, () =>
      results({ st: "failed", ack: 0, peer: null, rev: 0, code: "internal", reason: "x" }),
    )
    await pushOnce(medusa.ports)
    expect(medusa.journal).toMatchObject([{ event: "retry", reason: "internal: x" }])
  })

  it("that names a record of a tombstone takes over how much of it was seen: its old messages stay old", async () => {
    const { medusa, links, link } = sender(1, () => results(created("d1")))
    const tombstone = tombstoneOf("product", "d1", 7)
    await medusa.ports.transaction((tx) => tx.links.save("product", [tombstone]))
    await pushOnce(medusa.ports)
    expect(link()).toMatchObject({ peerId: "d1", seen: 7 })
    expect(links.has(tombstone.localId)).toBe(false)
  })

  it("that names a record which is another one's peer stops this one (I4)", async () => {
    const { medusa, ids, link, links, marks } = sender(2, ({ records }) => results(...records.map(() => created("d1"))))
    const [first = "", second = ""] = ids
    const mark = marks.get(second)
    marks.delete(second)
    await pushOnce(medusa.ports)
    if (mark) marks.set(second, mark)
    // As much of that record as the answer tells of was heard of the first one.
    links.set(first, { ...emptyLink("product", first), ...link(first), seen: 1 })
    await pushOnce(medusa.ports)
    expect(link(first)?.peerId).toBe("d1")
    expect(link(second)).toMatchObject({
      peerId: null,
      state: "quarantined",
      reason: `pairing_conflict: ${first} is linked with the same record`,
    })
    expect(medusa.hasDueMarks()).toBe(false)
  })

  it("about a record whose link is gone meanwhile ends its mark", async () => {
    const { medusa, links, marks, ids } = sender(1, () => {
      links.clear()
      return results(created("d1"))
    })
    await pushOnce(medusa.ports)
    expect(links.size).toBe(0)
    expect(marks.has(ids[0] ?? "")).toBe(false)
  })
})

describe("when a record is sent again", () => {
  const failedWith = (result: Partial<RecordResult>) => results({ st: "failed", ack: 0, peer: null, rev: 0, ...result })

  it("by the schedule after a failure, and after a second while it waits for another record", async () => {
    const due = async (answer: Reply, random = 1) => {
      const { medusa, marks, pair, ids } = sender(1, () => answer)
      Object.assign(medusa.ports, { random: () => random })
      await pushOnce(medusa.ports)
      return (marks.get(ids[0] ?? "")?.due ?? 0) - pair.now
    }
    expect(await due(failedWith({ code: "internal", reason: "x" }))).toBe(5_000)
    expect(await due(failedWith({ code: "internal", reason: "x" }), 0.5)).toBe(2_500)
    expect(await due(failedWith({ st: "await", peer: "d1" }))).toBe(1_000)
    expect(await due(failedWith({ st: "quarantined", code: "ambiguous_match", reason: "x" }))).toBe(Infinity)
    expect(await due(failedWith({ st: "created", peer: "d1", ack: 0 }))).toBe(0)
  })
})

describe("a peer that does not answer", () => {
  it("is said once, and takes no record's attempts; what waits stays due", async () => {
    const away: Reply = { kind: "unreachable", message: "ECONNREFUSED", retryAfter: 30_000 }
    const { medusa, lines, link, pair } = sender(1, () => away)
    await pushOnce(medusa.ports)
    expect(medusa.control.breaker).toEqual({ failures: 1, openUntil: new Date(pair.now + 30_000).toISOString() })
    expect(await pushOnce(medusa.ports)).toEqual({ kind: "resting", until: new Date(pair.now + 30_000) })
    pair.now += 30_000
    await pushOnce(medusa.ports)
    expect(lines.filter((line) => line.includes("does not answer"))).toEqual([
      "The other side does not answer (ECONNREFUSED). Changes are kept and sent when it is back.",
    ])
    expect(link()).toMatchObject({ attempts: 0 })
    expect(await sayHello(medusa.ports)).toBe(false)
  })
})

describe("a database that is busy", () => {
  it("gives the marks back, so that they wait a second and not until their lease runs out", async () => {
    const { medusa, marks, pair, ids } = sender(1, () => results(created("d1")))
    const { transaction } = medusa.ports
    let times = 0
    const busy: typeof transaction = (work) => (times++ === 0 ? Promise.reject(new Error("busy")) : transaction(work))
    Object.assign(medusa.ports, { transaction: busy })
    await expect(pushOnce(medusa.ports)).rejects.toThrow("busy")
    expect(marks.get(ids[0] ?? "")).toMatchObject({ due: pair.now + 1_000, leasedUntil: 0 })
    times = -Infinity
    pair.now += 1_000
    expect(await pushOnce(medusa.ports)).toEqual({ kind: "sent", records: 1, took: 0 })
    Object.assign(medusa.ports, { transaction: () => Promise.reject(new Error("gone")) })
    medusa.edit("product", ids[0] ?? "", { title: "x" })
    await expect(pushOnce(medusa.ports)).rejects.toThrow("gone")
  })
})

describe("a round of the sender", () => {
  it("with nothing to tell is idle, and sends nothing", async () => {
    const { medusa, sent } = sender(0, () => results())
    expect(await pushOnce(medusa.ports)).toEqual({ kind: "idle" })
    expect(sent).toEqual([])
  })

  it("ends a pause that a person has accepted when all of it was told, and not before", async () => {
    const { medusa } = sender(1, ({ records }) => results(...records.map(({ id }) => created(`d-${id}`))))
    const paused = { code: "mass_delete", message: "m", since: "2026-01-01T00:00:00.000Z", accepted: true } as const
    medusa.control = { ...medusa.control, paused }
    await pushOnce(medusa.ports)
    expect(medusa.control.paused).toEqual(paused)
    await pushOnce(medusa.ports)
    expect(medusa.control.paused).toBeNull()
  })

  it("forgets marks of a kind that the mapping has lost", async () => {
    const { medusa, marks, sent } = sender(1, () => results(created("d1")))
    const { entities } = medusa.ports.config
    Object.assign(medusa.ports, {
      config: { ...medusa.ports.config, entities: new Map([...entities].filter(([name]) => name !== "product")) },
    })
    await pushOnce(medusa.ports)
    expect(marks.size).toBe(0)
    expect(sent).toEqual([])
  })

  it("sends less at once when records are large", async () => {
    const { medusa, sent } = sender(0, ({ records }) => results(...records.map(({ id }) => created(`d-${id}`))))
    for (let n = 0; n < 3; n++)
      medusa.create("product", { title: "x", handle: `h-${String(n)}`, description: "x".repeat(120_000) })
    await pushOnce(medusa.ports)
    expect(sent.map(({ records }) => records.length)).toEqual([2, 1])
  })

  it.each([
    [
      "restored",
      "This database was restored from a backup: 0 records were put right, and what was lost is sent again.",
    ],
    ["peer_restored", "The other side's database was restored from a backup: 0 records"],
    ["both_restored", "The databases of both sides were restored from a backup: 0 records"],
  ] as const)("after a restore (%s) compares first, and says what it found", async (repair, line) => {
    const lines: string[] = []
    const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (text) => void lines.push(text) } })
    pair.medusa.control = { ...pair.medusa.control, repair }
    expect(await pushOnce(pair.medusa.ports)).toEqual({ kind: "sent", records: 0, took: 0 })
    expect(pair.medusa.control.repair).toBeNull()
    expect(lines.at(-1)).toContain(line)
    pair.medusa.control = { ...pair.medusa.control, repair }
    pair.network = () => {
      throw new Error("nobody there")
    }
    expect(await pushOnce(pair.medusa.ports)).toEqual({ kind: "resting", until: new Date(pair.now + 1_000) })
    expect(pair.medusa.control.repair).toBe(repair)
  })
})
