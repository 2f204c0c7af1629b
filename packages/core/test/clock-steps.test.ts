import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { retryDelay } from "../src/retry.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"
import { running } from "./running-sender.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const HOUR = 3_600_000
const DAY = 24 * HOUR
const STEPS = [-DAY, -HOUR, -60_000, HOUR, DAY]
const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

/** A sender that has run for a while when its host's clock is set. Times of what is sent are those of a clock that is not. */
async function stepped(step: number) {
  const started = performance.now()
  const made = running()
  const { transport } = made.medusa.ports
  const sent: { at: number; what: string }[] = []
  Object.assign(made.medusa.ports, {
    transport: {
      send: (...args: Parameters<typeof transport.send>) => {
        const [{ ask, records }] = args
        const what = ask?.kind ?? (records.length > 0 ? "records" : "hello")
        sent.push({ at: Math.round((performance.now() - started) / 1_000), what })
        return transport.send(...args)
      },
    },
  })
  await made.agree()
  await made.pass(100_000)
  sent.length = 0
  vi.setSystemTime(Date.now() + step)
  const times = (what: string) => sent.filter((each) => each.what === what).map(({ at }) => at)
  return { ...made, times }
}

describe.each(STEPS)("29: a sender whose clock is set by %i ms", (step) => {
  it("tells at once what people edit", async () => {
    const { medusa, sender, pass, times } = await stepped(step)
    medusa.create("product", shirt(1))
    sender.wake()
    await pass(1_000)
    expect(times("records")).toEqual([100])
    await sender.stop()
  })

  it("finds at its poll what no event announced", async () => {
    const { medusa, sender, pass, times } = await stepped(step)
    medusa.create("product", shirt(1))
    await pass(11_000)
    expect(times("records")).toHaveLength(1)
    await sender.stop()
  })

  it("greets twice a minute, and compares all links within the hour", async () => {
    const { sender, pass, times } = await stepped(step)
    await pass(200_000)
    expect(times("hello").length).toBeGreaterThanOrEqual(step === -60_000 ? 3 : 6)
    await pass(HOUR)
    expect(times("digest").length).toBeGreaterThanOrEqual(1)
    await sender.stop()
  })

  it("tells what was to be told before that, and is no longer silent than a lease after it", async () => {
    const { medusa, sender, pass, times } = await stepped(0)
    medusa.create("product", shirt(1))
    await medusa.ports.lease(1)
    medusa.create("product", shirt(2))
    vi.setSystemTime(Date.now() + step)
    await pass(150_000)
    expect(times("records").length).toBeGreaterThan(0)
    expect(medusa.table("product").marks.size).toBe(0)
    await sender.stop()
  })

  it("goes on with a backfill that takes so many a minute", async () => {
    const { medusa, sender, pass } = await stepped(0)
    const { ports } = medusa
    for (let n = 0; n < 300; n++) medusa.create("product", shirt(n), false)
    await startBackfill(ports, { kinds: ["product"], perMinute: 60 })
    await pass(60_000)
    const before = medusa.control.backfill?.taken ?? 0
    expect(before).toBeGreaterThan(40)
    vi.setSystemTime(Date.now() + step)
    await pass(120_000)
    const taken = (medusa.control.backfill?.taken ?? 0) - before
    expect(taken).toBeGreaterThan(40)
    await sender.stop()
  })
})

it("29: nothing is tried again later than a host takes for a clock that was set back", () => {
  expect(retryDelay(4, 1)).toBeLessThanOrEqual(600_000)
})

it("29: a backfill that took ahead of its minute does not wait for the clock to come back to it", async () => {
  const { medusa, sender } = await stepped(0)
  const { ports } = medusa
  for (let n = 0; n < 300; n++) medusa.create("product", shirt(n), false)
  await startBackfill(ports, { kinds: ["product"], perMinute: 60 })
  vi.setSystemTime(Date.now() - HOUR)
  await stepBackfill(ports, medusa.control)
  expect(medusa.control.backfill).toMatchObject({ resumedAt: ports.now().toISOString(), takenBefore: 0, taken: 0 })
  await sender.stop()
})

it("29: when the peer was last heard is noted again after a clock that was ahead has been set back", async () => {
  const pair = new Pair(resolveConfig())
  pair.skew.directus = DAY
  await sayHello(pair.medusa.ports)
  pair.skew.directus = 0
  await sayHello(pair.medusa.ports)
  expect(pair.directus.control.lastReceivedAt).toBe(pair.directus.ports.now().toISOString())
})
