import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Reply } from "../src/ports.ts"
import type { Message } from "../src/wire/messages.ts"
import { EPOCH, POLL, running } from "./running-sender.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A peer that takes 400 ms for each message with records. */
const slow = async ({ records }: Message): Promise<Reply> => {
  if (records.length > 0) await new Promise((resolve) => setTimeout(resolve, 400))
  return {
    kind: "results",
    epoch: EPOCH,
    results: records.map(({ id, rev }) => ({ st: "created", ack: rev, peer: `d-${id}`, rev: 1 })),
  }
}
const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

/** A sender with so many records to tell, which an event has just announced. */
async function telling(size: number) {
  const told: string[][] = []
  const made = running({}, (message) => {
    if (message.records.length > 0) told.push(message.records.map(({ id }) => id))
    return slow(message)
  })
  await made.pass(1_000)
  const { ports } = made.medusa
  const leases: (boolean | undefined)[] = []
  const { lease } = ports
  ports.lease = (limit, woken) => {
    leases.push(woken)
    return lease(limit, woken)
  }
  for (let n = 0; n < size; n++) made.medusa.create("product", shirt(n))
  const { marks } = made.medusa.table("product")
  const later = (): void => {
    for (const [id, mark] of marks) marks.set(id, { ...mark, later: true })
  }
  const leased = () => [...marks.values()].filter(({ leasedUntil }) => leasedUntil > Date.now()).length
  return { ...made, told, leases, later, leased, marks }
}

describe("the rounds of a sender", () => {
  it("send what was made ready while the peer worked, without leasing it again", async () => {
    const { sender, pass, told, leases } = await telling(250)
    sender.wake()
    await pass(1_300)
    expect(told.map(({ length }) => length)).toEqual([100, 100, 50])
    expect(leases).toHaveLength(3)
    await sender.stop()
  })

  it("give that back for an edit that comes meanwhile, which goes first", async () => {
    const { sender, pass, told, later, medusa } = await telling(250)
    later()
    sender.wake()
    await pass(210)
    const live = medusa.create("product", shirt(900))
    sender.wake()
    await pass(1_500)
    expect(told.findIndex((ids) => ids.includes(live))).toBe(1)
    expect(told.flat()).toHaveLength(251)
    await sender.stop()
  })

  it("end with the message that is under way when it is stopped, and give back what was made ready", async () => {
    const { sender, pass, told, leased, marks } = await telling(250)
    sender.wake()
    await pass(210)
    expect(leased()).toBe(200)
    const stopped = sender.stop()
    await pass(400)
    await stopped
    await pass(POLL * 3)
    expect(told.map(({ length }) => length)).toEqual([100])
    expect(marks.size).toBe(150)
    expect(leased()).toBe(0)
  })

  it("take what an event announced as complete until all of it is told, and nothing later", async () => {
    const { sender, pass, leases, told, medusa } = await telling(600)
    sender.wake()
    await pass(10_000)
    expect(told.flat()).toHaveLength(600)
    // The first of a round is the event's; what is made ready while the peer works is what is sure to be complete.
    expect(leases[0]).toBe(true)
    expect(new Set(leases.slice(1, 6))).toEqual(new Set([false]))
    leases.length = 0
    medusa.create("product", shirt(901))
    await pass(POLL + 1_000)
    expect(leases).not.toEqual([])
    expect(leases).not.toContain(true)
    await sender.stop()
  })

  it("try again with the event of before when the peer was away", async () => {
    let isAway = true
    const { medusa, sender, pass } = running({}, (message) =>
      isAway ? { kind: "unreachable", message: "away", retryAfter: null } : slow(message),
    )
    await pass(100)
    const leases: (boolean | undefined)[] = []
    const { lease } = medusa.ports
    medusa.ports.lease = (limit, woken) => {
      leases.push(woken)
      return lease(limit, woken)
    }
    medusa.create("product", shirt(1))
    sender.wake()
    await pass(3_000)
    isAway = false
    await pass(30_000)
    expect(medusa.table("product").marks.size).toBe(0)
    expect(leases.slice(0, 2)).toEqual([true, true])
    await sender.stop()
  })
})
