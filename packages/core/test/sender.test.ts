import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { runSender } from "../src/run/run-sender.ts"
import { CLOSED, isOpen } from "../src/guard/breaker.ts"
import { watched } from "../src/guard/silence.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Side } from "../src/document/value.ts"
import type { Message } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }
const POLL = 5_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("the sender's loop", () => {
  it("says hello first, so that a wrong secret shows before the first edit", async () => {
    const pair = new Pair(resolveConfig(), {
      medusa: ["another-secret-of-some-length"],
      directus: ["a-shared-secret-of-some-length"],
    })
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await vi.waitFor(() => expect(pair.medusa.control.paused?.code).toBe("unauthorized"))
    await sender.stop()
  })

  it("finds at its poll what no event announced", async () => {
    const pair = new Pair(resolveConfig())
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await vi.waitFor(() => expect(pair.requests).toHaveLength(1))
    const id = pair.medusa.create("product", SHIRT)
    await vi.advanceTimersByTimeAsync(POLL + 1)
    await vi.waitFor(() => expect(pair.medusa.table("product").links.get(id)?.peerId).toBeTruthy())
    await sender.stop()
  })

  it("looks a few times, and not once for each, when an import wakes it for every row", async () => {
    const pair = new Pair(resolveConfig())
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await vi.waitFor(() => expect(pair.requests).toHaveLength(1))
    let looks = 0
    const lease = pair.medusa.ports.lease.bind(pair.medusa.ports)
    Object.assign(pair.medusa.ports, {
      lease: (limit: number) => {
        looks++
        return lease(limit)
      },
    })
    for (let row = 0; row < 500; row++) {
      sender.wake()
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(looks).toBeGreaterThan(5)
    expect(looks).toBeLessThan(50)
    await sender.stop()
  })

  it("remembers an event that came while the peer was away", async () => {
    const pair = new Pair(resolveConfig())
    const lease = vi.spyOn(pair.medusa.ports, "lease")
    pair.network = () => {
      throw new Error("no answer")
    }
    pair.medusa.create("product", SHIRT)
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    await vi.waitFor(async () => {
      sender.wake()
      await vi.advanceTimersByTimeAsync(POLL)
      expect(pair.medusa.control.breaker.openUntil).not.toBeNull()
    })
    lease.mockClear()
    sender.wake()
    await vi.advanceTimersByTimeAsync(2 * POLL)
    expect(lease).not.toHaveBeenCalled()
    pair.network = () => undefined
    pair.now += 600_000
    await vi.advanceTimersByTimeAsync(2 * POLL)
    await vi.waitFor(() => expect(lease).toHaveBeenCalled())
    expect(lease.mock.calls[0]?.[1]).toBe(true)
    await sender.stop()
  })

  it("goes on after an error of the host", async () => {
    const pair = new Pair(resolveConfig())
    let broken = true
    const lease = pair.medusa.ports.lease.bind(pair.medusa.ports)
    Object.assign(pair.medusa.ports, {
      lease: (limit: number) => (broken ? Promise.reject(new Error("canary value")) : lease(limit)),
    })
    const log = vi.spyOn(pair.medusa.ports.log, "error")
    const id = pair.medusa.create("product", SHIRT)
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await vi.waitFor(() => expect(log).toHaveBeenCalled())
    expect(String(log.mock.calls[0]?.[0])).not.toContain("canary")
    broken = false
    await vi.advanceTimersByTimeAsync(POLL + 1)
    await vi.waitFor(() => expect(pair.medusa.table("product").links.get(id)?.peerId).toBeTruthy())
    await sender.stop()
  })

  it("opens the breaker while a request hangs, for other processes and for people, and closes it with the answer", async () => {
    const pair = new Pair(resolveConfig())
    const { transport } = pair.medusa.ports
    let answer = (): void => undefined
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const late = { send: (message: Message) => answered.then(() => transport.send(message)) }
    Object.assign(pair.medusa.ports, { transport: watched(late, pair.medusa.ports) })
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await vi.advanceTimersByTimeAsync(5_500)
    expect(pair.medusa.control.breaker).toEqual(CLOSED)
    await vi.advanceTimersByTimeAsync(4_500)
    expect(isOpen(pair.medusa.control.breaker, new Date(pair.now))).toBe(true)
    expect(pair.medusa.control.breaker.failures).toBe(5)
    answer()
    await vi.waitFor(() => expect(pair.medusa.control.breaker).toEqual(CLOSED))
    await sender.stop()
  })

  it("is quiet after it was stopped", async () => {
    const pair = new Pair(resolveConfig())
    const sender = runSender(pair.medusa.ports, { poll: POLL })
    sender.wake()
    await sender.stop()
    const before = pair.requests.length
    pair.medusa.create("product", SHIRT)
    sender.wake()
    await vi.advanceTimersByTimeAsync(10 * POLL)
    expect(pair.requests.length).toBe(before)
  })
})

it("automations that answer each other inside an apply stop after ten hops, and what they wrote is kept", async () => {
  let n = 0
  /** On each write of the sync, the host's own automation changes another field. */
  const automation = (pair: () => Pair, side: Side, field: string) => (point: string) => {
    if (point !== "written") return
    const { rows } = pair().host(side).table("product")
    for (const [id, row] of rows)
      if (row["handle"] === "shirt") rows.set(id, { ...row, [field]: `by ${side} ${String(++n)}` })
  }
  const pair: Pair = new Pair(resolveConfig(), undefined, {
    medusa: { at: automation(() => pair, "medusa", "subtitle") },
    directus: { at: automation(() => pair, "directus", "material") },
  })
  pair.medusa.create("product", SHIRT)
  await pair.settle()
  expect(pair.messages.length).toBeLessThanOrEqual(11)
  expect(
    [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()].some(
      (conflict) => conflict.kind === "loop",
    ),
  ).toBe(true)
})
