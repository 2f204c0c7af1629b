import { describe, expect, it } from "vitest"
import { sayHello } from "../src/send/ask-peer.ts"
import { mayBeSent, pushOnce, putDown, writeAnswer } from "../src/run/run-push.ts"
import { runSender } from "../src/run/run-sender.ts"
import { Hand, IDLE } from "../src/send/sending.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

function shop(size: number): Pair {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < size; n++) pair.medusa.create("product", shirt(n))
  return pair
}

const nothing = (): never => {
  throw new Error("nothing is ready")
}

const told = (pair: Pair): string[] => pair.messages.flatMap(({ records }) => records.map(({ id }) => id))

describe("what is made ready while the peer applies the message before", () => {
  it("is sent next, each record once", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await pushOnce(pair.medusa.ports, true, hand)
    expect(hand.next?.marks).toHaveLength(100)
    expect(pair.messages).toHaveLength(1)
    await pushOnce(pair.medusa.ports, true, hand)
    await pushOnce(pair.medusa.ports, true, hand)
    expect(hand.next).toBeNull()
    expect(pair.messages.map(({ records }) => records.length)).toEqual([100, 100, 50])
    expect(new Set(told(pair)).size).toBe(250)
    await pair.settle()
    expect(told(pair)).toHaveLength(250)
  })

  it("is given back when the peer does not answer: the next message is a probe of one record", async () => {
    const pair = shop(250)
    const hand = new Hand()
    pair.network = () => {
      throw new Error("lost")
    }
    await pushOnce(pair.medusa.ports, true, hand)
    pair.now += 1_500
    await pushOnce(pair.medusa.ports, true, hand)
    expect(hand.next).toBeNull()
    expect(pair.messages.map(({ records }) => records.length)).toEqual([100, 1])
    pair.network = () => undefined
    pair.now += 60_000
    await pair.settle()
    expect(pair.directus.table("product").rows.size).toBe(250)
  })

  it("is given back when its lease may run out", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await pushOnce(pair.medusa.ports, true, hand)
    const old = hand.next?.marks
    const inTime = hand.next ?? nothing()
    pair.now += 9_999
    const control = await pair.medusa.ports.readControl()
    expect(mayBeSent(pair.medusa.ports, control, inTime)).toBe(true)
    pair.now += 1
    expect(mayBeSent(pair.medusa.ports, control, inTime)).toBe(false)
    await pushOnce(pair.medusa.ports, true, hand)
    expect(hand.next?.marks).not.toEqual(old)
  })

  it("is given back when the peer has become another database meanwhile", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await pushOnce(pair.medusa.ports, true, hand)
    const control = await pair.medusa.ports.readControl()
    const peerEpoch = "00000000-0000-4000-8000-000000000009"
    const { next } = hand
    if (next) expect(mayBeSent(pair.medusa.ports, { ...control, peerEpoch }, next)).toBe(false)
    expect(next?.marks).toHaveLength(100)
  })

  it("is nothing at first: there is neither an answer to be written down nor anything to be given back", async () => {
    const pair = shop(250)
    const hand = new Hand()
    expect(await writeAnswer(pair.medusa.ports, hand)).toBe(false)
    await putDown(pair.medusa.ports, hand)
    await pushOnce(pair.medusa.ports, true, hand)
    expect(await writeAnswer(pair.medusa.ports, hand)).toBe(true)
    expect(await writeAnswer(pair.medusa.ports, hand)).toBe(false)
  })

  it("is not sent by a database that has become another one", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await pushOnce(pair.medusa.ports, true, hand)
    const postponed: number[] = []
    pair.medusa.control = { ...pair.medusa.control, epoch: "00000000-0000-4000-8000-000000000009" }
    const { lease } = pair.medusa.ports
    pair.medusa.ports.lease = (...asked) => {
      postponed.push(
        [...pair.medusa.table("product").marks.values()].filter(({ leasedUntil }) => leasedUntil === 0).length,
      )
      return lease(...asked)
    }
    await pushOnce(pair.medusa.ports, true, hand)
    expect(postponed[0]).toBe(150)
  })

  it("is sent before the last answer is written down, which is done while the peer works", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await sayHello(pair.medusa.ports)
    const unanswered = (): number => pair.medusa.table("product").marks.size
    const whenSent: number[] = []
    pair.network = () => {
      whenSent.push(unanswered())
    }
    for (let n = 0; n < 3; n++) await pushOnce(pair.medusa.ports, true, hand)
    expect(whenSent).toEqual([250, 250, 150])
    expect(hand.now).toEqual(IDLE)
    expect(unanswered()).toBe(0)
  })

  it("is put down together with an answer that nobody has written down", async () => {
    const pair = shop(250)
    const hand = new Hand()
    await pushOnce(pair.medusa.ports, true, hand)
    expect(pair.medusa.table("product").marks.size).toBe(250)
    await putDown(pair.medusa.ports, hand)
    const marks = [...pair.medusa.table("product").marks.values()]
    expect(marks.map(({ leasedUntil }) => leasedUntil)).toEqual(Array.from({ length: 150 }, () => 0))
  })

  it("waits for an edit that is made meanwhile", async () => {
    const pair = shop(250)
    const order: string[] = []
    let live = ""
    const sender = runSender(pair.medusa.ports, { poll: 60_000, compare: 3_600_000 })
    pair.network = () => {
      const [first] = pair.messages.at(-1)?.records ?? []
      if (first) order.push(first.id)
      if (live !== "" || !first) return
      live = pair.medusa.create("product", shirt(9000))
      const { marks } = pair.medusa.table("product")
      for (const [id, mark] of marks) if (id !== live) marks.set(id, { ...mark, later: true })
      sender.wake()
    }
    sender.wake()
    await expect.poll(() => pair.directus.table("product").rows.size).toBe(251)
    await sender.stop()
    expect(order[1]).toBe(live)
  })
})
