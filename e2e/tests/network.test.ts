import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Ledger, type Side } from "../ledger.ts"
import { startLoad } from "../load.ts"
import type { Proxy } from "../proxy.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"

const { rate, blackholeSeconds } = sizes
/** Long enough for two probes. */
const resetSeconds = 25
const slowSeconds = 12
const drainWithin = 60_000
/** A timer of the sender and the proxy's clock are not the same. */
const tolerance = 250

const report = new Report("network")
const random = mulberry32(seed())
let stack: Stack
let ledger: Ledger
beforeAll(async () => {
  stack = await Stack.start("network")
  ledger = await Ledger.ofNew(stack, 8)
})
afterAll(async () => {
  report.write()
  await stack?.stop()
})

type Breaker = { failures: number; openUntil: string | null }

async function isOpen(side: Side): Promise<boolean> {
  const [row] =
    side === "medusa"
      ? await stack.sqlMedusa("select breaker from directus_sync_control")
      : await stack.sqlDirectus("select breaker::jsonb as breaker from medusa_sync_control")
  // Before it opens, a failing peer is asked once a second.
  const { failures, openUntil } = row?.["breaker"] as Breaker
  return failures >= 5 && openUntil !== null
}

interface Seen {
  /** Milliseconds after the fault began; null: it stayed closed. */
  opened: Record<Side, number | null>
  /** Milliseconds between pushes while it was open, the least of both directions; null: there were not two. */
  apart: number | null
  /** Milliseconds after the fault had gone. */
  drained: number
}

/** People work through it all; when it is over they stop, and both sides have to come to rest. */
async function during(name: string, seconds: number, fault: (proxy: Proxy) => void): Promise<Seen> {
  const proxies = { medusa: stack.toDirectus, directus: stack.toMedusa }
  const both = Object.values(proxies)
  const load = startLoad(ledger, rate / 2, random)
  const enough = ledger.acknowledged.length + 10
  await eventually("the load runs", () => ledger.acknowledged.length >= enough)
  for (const proxy of both) proxy.forget()
  const began = Date.now()
  both.forEach(fault)
  const opened: Seen["opened"] = { medusa: null, directus: null }
  await eventually(
    `${name} is over`,
    async () => {
      for (const side of ["medusa", "directus"] as const)
        if (opened[side] === null && (await isOpen(side))) opened[side] = Date.now() - began
      return Date.now() > began + seconds * 1000
    },
    { within: seconds * 1000 + 30_000 },
  )
  const over = Date.now()
  const gaps = (["medusa", "directus"] as const).flatMap((side) => {
    const since = began + (opened[side] ?? Infinity)
    const pushes = proxies[side].pushes.map(({ at }) => at).filter((at) => at <= over)
    // From the push that opened it to the first probe, and from each probe to the next one.
    return pushes.flatMap((at, i) => (at >= since && i > 0 ? [at - (pushes[i - 1] ?? 0)] : []))
  })
  await stack.mendLinks()
  await load.stop()
  await stack.settled(drainWithin)
  const seen = { opened, apart: gaps.length > 0 ? Math.min(...gaps) : null, drained: Date.now() - over }
  console.log(`${name}: ${JSON.stringify(seen)}`)
  const faults = await ledger.faults()
  const drained = `${(seen.drained / 1000).toFixed(1)} s`
  report.set(`${name}: lost, doubled or diverged`, faults.length, "0", faults.length === 0)
  report.set(`${name}: drained after it`, drained, `${String(drainWithin / 1000)} s`, seen.drained <= drainWithin)
  expect(faults).toEqual([])
  return seen
}

function expectRest(name: string, { opened, apart }: Seen): void {
  for (const [side, at] of Object.entries(opened)) {
    const within = at === null ? "not at all" : `${(at / 1000).toFixed(1)} s`
    report.set(`${name}: breaker of ${side} open`, within, "10 s", at !== null && at <= 10_000)
  }
  const least = apart === null ? "no second one" : `${(apart / 1000).toFixed(1)} s`
  const isRare = apart === null || apart >= 5_000 - tolerance
  report.set(`${name}: probes apart while it is open`, least, "5 s", isRare)
  expect(Object.values(opened), "the breakers open").not.toContain(null)
  expect(isRare, `probes are ${least} apart`).toBe(true)
}

test(
  "connections are reset: the senders rest, ask once in five seconds, and lose nothing",
  async () => {
    report.begin()
    expectRest("resets", await during("resets", resetSeconds, (proxy) => proxy.reset()))
  },
  drainWithin + 120_000,
)

test(
  `requests vanish for ${blackholeSeconds} s: the senders rest, ask once in five seconds, and lose nothing`,
  async () => {
    report.begin()
    const name = `blackhole of ${blackholeSeconds} s`
    expectRest(name, await during(name, blackholeSeconds, (proxy) => proxy.blackhole()))
  },
  drainWithin + blackholeSeconds * 1000 + 120_000,
)

test(
  "every answer takes 5 s longer: nothing is lost",
  async () => {
    report.begin()
    await during("latency of 5 s", slowSeconds, (proxy) => (proxy.delayMs = 5_000))
  },
  drainWithin + 120_000,
)

test(
  "answers come at 1 kB a second: nothing is lost",
  async () => {
    report.begin()
    await during("1 kB/s", slowSeconds, (proxy) => (proxy.bytesPerSecond = 1_000))
  },
  drainWithin + 120_000,
)
