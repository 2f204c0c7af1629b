import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync, makeInCms, makeInShop, SIZES } from "../e2e/before-sync.ts"
import { eventually } from "../e2e/eventually.ts"
import { Stack } from "../e2e/stack/stack.ts"
import { databaseCpuSeconds, serverFigures } from "./process-figures.ts"
import { report } from "./report.ts"

/** Products of each side that were there before the sync, each with four variants. */
const products = Number(process.env["BENCH_ROUNDS"] ?? 400)
const warmUp = 20
const rows = products * (1 + SIZES.length)
/** A row a second would do. */
const within = 60_000 + rows * 1000

type Side = "medusa" | "directus"
const SIDES = ["medusa", "directus"] as const

interface Taken {
  seconds: number
  /** Of the processor: both hosts and their databases. */
  cpu: Record<Side | "database", number>
}

const lines: (string | number)[][] = []
let stack: Stack
/** What each host took to make as many by its own API. */
let raw: Record<Side, Taken>
beforeAll(async () => {
  stack = await Stack.start("backfill_rate", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await beforeSync(stack, async () => {
    // What is made first warms the host up.
    await makeInShop(stack, "warm-m", warmUp)
    await makeInCms(stack, "warm-d", warmUp)
    raw = {
      medusa: await taken(() => makeInShop(stack, "m", products)),
      directus: await taken(() => makeInCms(stack, "d", products)),
    }
    // PostgreSQL does so by itself within a minute; a catalogue is seldom younger.
    await Promise.all([stack.sqlMedusa("analyze"), stack.sqlDirectus("analyze")])
  })
}, within + 300_000)
afterAll(async () => {
  report(
    [
      ...["backfill", "rows", "rows/s", "rows/s of the host's own API", "ratio", "goal"],
      ...["CPU s Medusa + Directus + PostgreSQL", "CPU s own API", "peak MB Medusa", "peak MB Directus"],
    ],
    lines,
  )
  await stack?.stop()
})

/** By SQL: a host that is asked again and again has less time for its work. */
async function isDone(side: Side): Promise<boolean> {
  await sleep(250)
  const [control] = await (side === "medusa"
    ? stack.sqlMedusa("select backfill ->> 'state' as state from directus_sync_control")
    : stack.sqlDirectus("select backfill::jsonb ->> 'state' as state from medusa_sync_control"))
  return control?.["state"] === "done"
}

const count = async (side: Side) => {
  const [found] = await (side === "medusa"
    ? stack.sqlMedusa(
        "select count(*)::int as n, count(distinct handle)::int as names from product where deleted_at is null",
      )
    : stack.sqlDirectus("select count(*)::int as n, count(distinct handle)::int as names from products"))
  return found
}

const used = () => ({
  medusa: serverFigures(stack.medusa.pid).cpuSeconds,
  directus: serverFigures(stack.directus.pid).cpuSeconds,
  database: databaseCpuSeconds("backfill_rate_medusa") + databaseCpuSeconds("backfill_rate_directus"),
})

async function taken(work: () => Promise<unknown>): Promise<Taken> {
  const [before, began] = [used(), performance.now()]
  await work()
  const [after, seconds] = [used(), (performance.now() - began) / 1000]
  const spent = (part: keyof Taken["cpu"]): number => after[part] - before[part]
  return { seconds, cpu: { medusa: spent("medusa"), directus: spent("directus"), database: spent("database") } }
}

const cpuText = ({ cpu }: Taken): string =>
  (["medusa", "directus", "database"] as const).map((part) => cpu[part].toFixed(1)).join(" + ")

test(
  `${products} products with their variants arrive from each side`,
  async () => {
    for (const side of SIDES) {
      const client = side === "medusa" ? stack.shop : stack.cms
      const sync = await taken(async () => {
        await client.backfill({ action: "start", kinds: ["product", "variant"] })
        await eventually(`the backfill of ${side} is done`, () => isDone(side), { within })
      })
      const sent = rows + warmUp * (1 + SIZES.length)
      const own = raw[side === "medusa" ? "directus" : "medusa"]
      const [rate, ownRate] = [sent / sync.seconds, rows / own.seconds]
      lines.push([
        ...[side === "medusa" ? "Medusa → Directus" : "Directus → Medusa", sent, rate.toFixed(0), ownRate.toFixed(0)],
        ...[(rate / ownRate).toFixed(2), "0.80", cpuText(sync), cpuText(own)],
        ...[stack.medusa.pid, stack.directus.pid].map((pid) => serverFigures(pid).peakMegabytes),
      ])
      console.log(lines.at(-1)?.join("  "))
      const progress = await client.backfill()
      expect(progress).toMatchObject({ quarantined: 0, waiting: 0, done: progress.total })
    }
    await stack.settled(within)
    const all = 2 * (products + warmUp)
    expect(await count("medusa")).toEqual({ n: all, names: all })
    expect(await count("directus")).toEqual({ n: all, names: all })
  },
  4 * within,
)
