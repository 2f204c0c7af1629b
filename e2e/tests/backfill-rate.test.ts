import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync, makeInCms, makeInShop, SIZES, type Made } from "../before-sync.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** Products of each side that were there before the sync, each with four variants. */
const products = Number(process.env["BENCH_ROUNDS"] ?? 100)
const reportFile = process.env["BENCH_REPORT"]
const warmUp = 20
const rows = products * (1 + SIZES.length)
/** A row a second would do. */
const within = 60_000 + rows * 1000

interface Figure {
  way: string
  rows: number
  seconds: number
  /** The host that gets them makes as many by its own API. */
  raw: { rows: number; seconds: number }
  megabytes: { medusa: number; directus: number }
}

const figures: Figure[] = []
let stack: Stack
let raw: { medusa: Made; directus: Made }
beforeAll(async () => {
  stack = await Stack.start("backfill_rate", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await beforeSync(stack, async () => {
    // What is made first warms the host up.
    await makeInShop(stack, "warm-m", warmUp)
    await makeInCms(stack, "warm-d", warmUp)
    raw = {
      medusa: await makeInShop(stack, "m", products),
      directus: await makeInCms(stack, "d", products),
    }
  })
}, within + 300_000)
afterAll(async () => {
  if (reportFile) {
    mkdirSync(dirname(reportFile), { recursive: true })
    writeFileSync(reportFile, JSON.stringify(figures))
  }
  await stack?.stop()
})

/** The most memory that a server has had at once, with what it started. */
function peakMegabytes(leader: number | undefined): number {
  const kilobytes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const group = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2]
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
        return Number(group) === leader ? Number(peak ?? 0) : 0
      } catch {
        return 0
      }
    })
  return Math.round(Math.max(...kilobytes) / 1024)
}

/** By SQL: a host that is asked again and again has less time for its work. */
async function isDone(side: "medusa" | "directus"): Promise<boolean> {
  const [control] = await (side === "medusa"
    ? stack.sqlMedusa("select backfill ->> 'state' as state from directus_sync_control")
    : stack.sqlDirectus("select backfill::jsonb ->> 'state' as state from medusa_sync_control"))
  return control?.["state"] === "done"
}

const count = async (side: "medusa" | "directus") => {
  const [found] = await (side === "medusa"
    ? stack.sqlMedusa(
        "select count(*)::int as n, count(distinct handle)::int as names from product where deleted_at is null",
      )
    : stack.sqlDirectus("select count(*)::int as n, count(distinct handle)::int as names from products"))
  return found
}

test(
  `${products} products with their variants arrive from each side`,
  async () => {
    for (const side of ["medusa", "directus"] as const) {
      const client = side === "medusa" ? stack.shop : stack.cms
      const began = performance.now()
      await client.backfill({ action: "start", kinds: ["product", "variant"] })
      await eventually(`the backfill of ${side} is done`, () => isDone(side), { within })
      figures.push({
        way: side === "medusa" ? "Medusa → Directus" : "Directus → Medusa",
        rows: rows + warmUp * (1 + SIZES.length),
        seconds: (performance.now() - began) / 1000,
        raw: { rows, seconds: raw[side === "medusa" ? "directus" : "medusa"].seconds },
        megabytes: { medusa: peakMegabytes(stack.medusa.pid), directus: peakMegabytes(stack.directus.pid) },
      })
      console.log(JSON.stringify(figures.at(-1)))
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
