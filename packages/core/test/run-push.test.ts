import { describe, expect, it } from "vitest"
import { Hand, IDLE } from "../src/send/sending.ts"
import type { Outgoing } from "../src/send/prepare-push.ts"
import { envelope } from "../src/send/envelope.ts"
import { REFUSED_REST } from "../src/send/record-reply.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { SyncError } from "../src/errors.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control } from "../src/control.ts"
import type { Reply } from "../src/ports.ts"
import { Pair } from "./pair.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

/** Medusa with products to tell of, and what it leases. */
function shop(size: number) {
  const pair = new Pair(resolveConfig())
  const ids = Array.from({ length: size }, (_, n) => pair.medusa.create("product", shirt(n)))
  const { ports } = pair.medusa
  const { lease } = ports
  const leases: Parameters<typeof lease>[] = []
  ports.lease = (...asked) => {
    leases.push(asked)
    return lease(...asked)
  }
  return { pair, ids, ports, leases, marks: pair.medusa.table("product").marks }
}

/** All of them have been told, and are marked again although nothing has changed. */
async function known(size: number) {
  const made = shop(size)
  await made.pair.settle()
  made.leases.length = 0
  const mark = (...ids: string[]) => made.ports.transaction((tx) => tx.marks.add("product", ids))
  return { ...made, mark }
}

describe("what is leased for a message", () => {
  it("is what it has room for, again while that had nothing to tell, five times at most", async () => {
    const { ids, ports, leases, mark } = await known(700)
    await mark(...ids)
    expect(await pushOnce(ports)).toEqual({ kind: "sent", records: 500, took: 0 })
    expect(leases).toEqual(Array.from({ length: 5 }, () => [100, true]))
    expect(await pushOnce(ports)).toMatchObject({ records: 200 })
    expect(await pushOnce(ports)).toEqual({ kind: "idle" })
  })

  it("ends when the message is full, or there was no more", async () => {
    const { pair, ids, ports, leases, mark } = await known(150)
    await mark(...ids.slice(0, 60))
    for (const id of ids.slice(60)) pair.medusa.edit("product", id, { title: "Hemd" })
    await pushOnce(ports)
    expect(leases.map(([wanted]) => wanted)).toEqual([100, 60])
    expect(pair.messages.at(-1)?.records).toHaveLength(90)
    leases.length = 0
    for (const id of ids.slice(0, 100)) pair.medusa.edit("product", id, { title: "Kleid" })
    await pushOnce(ports)
    expect(leases.map(([wanted]) => wanted)).toEqual([100])
  })

  it("while the peer works is only what is sure to be complete", async () => {
    const { ports, leases } = shop(150)
    await pushOnce(ports, true, new Hand())
    expect(leases).toEqual([
      [100, true],
      [100, false],
    ])
  })

  it("is one record for a peer that has not answered, until an answer of it is written down", async () => {
    const { pair, ports, leases } = shop(3)
    const away = { failures: 1, openUntil: null }
    pair.medusa.control = { ...pair.medusa.control, breaker: away }
    await pushOnce(ports)
    expect(leases).toEqual([[1, true]])
    pair.medusa.control = { ...pair.medusa.control, breaker: away }
    const reply: Reply = { kind: "results", epoch: pair.directus.control.epoch, results: [] }
    const outgoing = { message: envelope(ports, pair.medusa.control, []), marks: [] }
    await pushOnce(ports, true, answered(pair.medusa.control, outgoing, reply))
    expect(leases.slice(1)).toEqual([[100, true]])
  })

  it("is given back for a second when it could not be read, whatever the reason", async () => {
    const { pair, ids, ports, marks } = shop(1)
    const { transaction } = ports
    const refuse = () => Promise.reject(new SyncError("rejected_by_host", "A filter failed."))
    const refusing: typeof transaction = (work) =>
      transaction((tx) => work({ ...tx, documents: { ...tx.documents, read: refuse } }))
    Object.assign(ports, { transaction: refusing })
    await expect(pushOnce(ports)).rejects.toThrow("A filter failed.")
    expect(marks.get(ids[0] ?? "")).toMatchObject({ due: pair.now + 1_000, leasedUntil: 0 })
    expect(pair.medusa.control.paused).toBeNull()
  })
})

/** An answer that waits to be written down, and a message behind it. */
function answered(control: Control, outgoing: Outgoing, reply: Reply): Hand {
  const hand = new Hand()
  hand.take({
    is: "prepared",
    next: { marks: [], messages: [outgoing, outgoing], isLast: true, control, at: new Date(0) },
  })
  hand.take({ is: "sent", message: outgoing.message })
  hand.take({ is: "replied", reply })
  return hand
}

describe("a round", () => {
  it("that a person has stopped asks again in a minute", async () => {
    const { pair, ports, leases } = shop(1)
    pair.medusa.control = { ...pair.medusa.control, paused: { code: "by_person", message: "m", since: "" } }
    expect(await pushOnce(ports)).toEqual({ kind: "resting", until: new Date(pair.now + REFUSED_REST) })
    expect(leases).toEqual([])
  })

  it("writes its answer down although the next records could not be made ready, and says so", async () => {
    const { ports, marks, leases } = shop(150)
    const { lease } = ports
    ports.lease = (...asked) => (leases.length > 0 ? Promise.reject(new Error("busy")) : lease(...asked))
    await expect(pushOnce(ports, true, new Hand())).rejects.toThrow("busy")
    expect(marks.size).toBe(50)
  })

  it("that finds too many deletes in what comes next holds that back, and nothing else", async () => {
    const { pair, ids, ports, marks } = await known(160)
    for (const id of ids.slice(0, 100)) pair.medusa.edit("product", id, { title: "Hemd" })
    for (const id of ids.slice(100)) pair.medusa.remove("product", id)
    const hand = new Hand()
    await pushOnce(ports, true, hand)
    expect(pair.messages.at(-1)?.records).toHaveLength(100)
    expect(pair.medusa.control.paused?.code).toBe("mass_delete")
    expect(await pushOnce(ports, true, hand)).toMatchObject({ kind: "resting" })
    expect(hand.now).toEqual(IDLE)
    expect([...marks.values()].filter(({ leasedUntil }) => leasedUntil > 0)).toEqual([])
    expect(marks.size).toBe(60)
  })
})

describe("after a restore", () => {
  it("links are compared once more where a database was set back again meanwhile", async () => {
    for (const change of [{ repair: "both_restored" }, { epoch: "00000000-0000-4000-8000-000000000009" }] as const) {
      const { pair, ports } = await known(1)
      const { medusa } = pair
      medusa.control = { ...medusa.control, repair: "peer_restored" }
      const { transport } = ports
      const send: typeof transport.send = async (message) => {
        const reply = await transport.send(message)
        medusa.control = { ...medusa.control, ...change }
        return reply
      }
      Object.assign(ports, { transport: { send } })
      expect(await pushOnce(ports)).toEqual({ kind: "sent", records: 0, took: 0 })
      expect(medusa.control.repair).not.toBeNull()
    }
  })
})
