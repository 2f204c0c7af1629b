import { describe, expect, it } from "vitest"
import { nothingAhead, putDown, takeReady, writeAnswer } from "../src/flow/ahead.ts"
import { sayHello } from "../src/flow/ask-peer.ts"
import { pushOnce } from "../src/flow/run-push.ts"
import { runSender } from "../src/flow/run-sender.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

function shop(size: number): Pair {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < size; n++) pair.medusa.create("product", shirt(n))
  return pair
}

const told = (pair: Pair): string[] => pair.messages.flatMap(({ records }) => records.map(({ id }) => id))

describe("what is made ready while the peer applies the message before", () => {
  it("is sent next, each record once", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(ahead.prepared?.marks).toHaveLength(100)
    expect(pair.messages).toHaveLength(1)
    await pushOnce(pair.medusa.ports, true, ahead)
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(ahead.prepared).toBeNull()
    expect(pair.messages.map(({ records }) => records.length)).toEqual([100, 100, 50])
    expect(new Set(told(pair)).size).toBe(250)
    await pair.settle()
    expect(told(pair)).toHaveLength(250)
  })

  it("is given back when the peer does not answer: the next message is a probe of one record", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    pair.network = () => {
      throw new Error("lost")
    }
    await pushOnce(pair.medusa.ports, true, ahead)
    pair.now += 1_500
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(ahead.prepared).toBeNull()
    expect(pair.messages.map(({ records }) => records.length)).toEqual([100, 1])
    pair.network = () => undefined
    pair.now += 60_000
    await pair.settle()
    expect(pair.directus.table("product").rows.size).toBe(250)
  })

  it("is given back when its lease may run out", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    const old = ahead.prepared?.marks
    pair.now += 9_999
    const control = await pair.medusa.ports.readControl()
    expect(await takeReady(pair.medusa.ports, control, { ...ahead, answered: null })).toMatchObject({ marks: old })
    pair.now += 1
    expect(await takeReady(pair.medusa.ports, control, ahead)).toBeNull()
    expect(ahead.prepared).toBeNull()
  })

  it("is given back when the peer has become another database meanwhile", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    const control = await pair.medusa.ports.readControl()
    const peerEpoch = "00000000-0000-4000-8000-000000000009"
    expect(await takeReady(pair.medusa.ports, { ...control, peerEpoch }, ahead)).toBeNull()
  })

  it("is nothing at first: there is neither an answer to be written down nor anything to be given back", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    expect(await writeAnswer(pair.medusa.ports, ahead)).toBe(false)
    await putDown(pair.medusa.ports, ahead)
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(await writeAnswer(pair.medusa.ports, ahead)).toBe(true)
    expect(await writeAnswer(pair.medusa.ports, ahead)).toBe(false)
  })

  it("is not sent by a database that has become another one", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    const postponed: number[] = []
    pair.medusa.control = { ...pair.medusa.control, epoch: "00000000-0000-4000-8000-000000000009" }
    const { lease } = pair.medusa.ports
    pair.medusa.ports.lease = (...asked) => {
      postponed.push(
        [...pair.medusa.table("product").marks.values()].filter(({ leasedUntil }) => leasedUntil === 0).length,
      )
      return lease(...asked)
    }
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(postponed[0]).toBe(150)
  })

  it("is sent before the last answer is written down, which is done while the peer works", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await sayHello(pair.medusa.ports)
    const unanswered = (): number => pair.medusa.table("product").marks.size
    const whenSent: number[] = []
    pair.network = () => {
      whenSent.push(unanswered())
    }
    for (let n = 0; n < 3; n++) await pushOnce(pair.medusa.ports, true, ahead)
    expect(whenSent).toEqual([250, 250, 150])
    expect(ahead).toEqual(nothingAhead())
    expect(unanswered()).toBe(0)
  })

  it("is put down together with an answer that nobody has written down", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(pair.medusa.table("product").marks.size).toBe(250)
    await putDown(pair.medusa.ports, ahead)
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
