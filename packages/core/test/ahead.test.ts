import { describe, expect, it } from "vitest"
import { needs, nothingAhead, putDown } from "../src/flow/ahead.ts"
import { sayHello } from "../src/flow/ask-peer.ts"
import { envelope } from "../src/flow/envelope.ts"
import { land, pushOnce } from "../src/flow/run-push.ts"
import { runSender } from "../src/flow/run-sender.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"

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
    expect(await pushOnce(pair.medusa.ports, true, ahead)).toMatchObject({ kind: "resting" })
    expect(ahead).toEqual(nothingAhead())
    pair.now += 1_500
    await pushOnce(pair.medusa.ports, true, ahead)
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
    pair.now += 10_000
    await pushOnce(pair.medusa.ports, true, ahead)
    expect(pair.messages).toHaveLength(2)
    expect(ahead.prepared?.marks).not.toEqual(old)
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

  it("is sent while the message before is under way, two at a time at most; each answer is written down", async () => {
    const pair = shop(450)
    const ahead = nothingAhead()
    await sayHello(pair.medusa.ports)
    const unanswered = (): number => pair.medusa.table("product").marks.size
    let [underWay, most] = [0, 0]
    const { send } = pair.medusa.ports.transport
    pair.medusa.ports.transport.send = async (message) => {
      most = Math.max(most, ++underWay)
      const reply = await send(message)
      underWay--
      return reply
    }
    const left: number[] = []
    while ((await pushOnce(pair.medusa.ports, true, ahead)).kind === "sent") left.push(unanswered())
    expect(left).toEqual([450, 350, 250, 150, 0])
    expect(most).toBe(2)
    expect(ahead).toEqual(nothingAhead())
  })

  it("is put down alone: what is under way is still answered", async () => {
    const pair = shop(250)
    const ahead = nothingAhead()
    await pushOnce(pair.medusa.ports, true, ahead)
    await putDown(pair.medusa.ports, ahead)
    const { marks } = pair.medusa.table("product")
    expect([...marks.values()].filter(({ leasedUntil }) => leasedUntil === 0)).toHaveLength(150)
    expect(await land(pair.medusa.ports, ahead)).toBe(true)
    expect(marks.size).toBe(150)
    expect(await land(pair.medusa.ports, ahead)).toBe(false)
  })

  it.each([
    ["a variant", "variant", "product", true],
    ["a product", "product", "product", false],
    ["a product", "product", "variant", false],
    ["a category, which may be below another one,", "category", "category", true],
  ])("%s waits when it may refer to what is under way: %s behind %s", (_, kind, underWay, waits) => {
    const { ports, control } = new Pair(resolveConfig()).medusa
    const outgoing = (entity: string) => ({
      marks: [],
      message: envelope(ports, control, [wireRecord({ entity })]),
    })
    const reply = Promise.resolve({ kind: "unreachable", message: "lost", retryAfter: null } as const)
    const flying = { outgoing: outgoing(underWay), reply, failed: false }
    expect(needs(ports, outgoing(kind), { prepared: null, flying })).toBe(waits)
    expect(needs(ports, outgoing(kind), nothingAhead())).toBe(false)
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
