import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../e2e/eventually.ts"
import { recordsOf } from "../e2e/proxy.ts"
import { Stack } from "../e2e/stack/stack.ts"
import { editTitle, type ProductPair } from "./pairs.ts"
import { percentile, timeOf } from "./percentile.ts"
import { serverFigures } from "./process-figures.ts"
import { report } from "./report.ts"
import { Watch } from "./watch.ts"

/** Products of the large catalogue, against those of a small one. */
const LARGE = Number(process.env["BENCH_ROUNDS"] ?? 10_000)
const SMALL = Math.min(1_000, LARGE / 10)
const EDITS = 60
/** The largest heap of each host, in megabytes; Node chooses one by the machine's memory otherwise. */
const HEAP = process.env["BENCH_HEAP_MB"]
/** A row a second would do. */
const within = 60_000 + LARGE * 1000

type Side = "medusa" | "directus"
const SIDES = ["medusa", "directus"] as const

const lines: (string | number)[][] = []
let stack: Stack
let watches: Record<Side, Watch>
beforeAll(async () => {
  stack = await Stack.make("large")
  if (HEAP !== undefined)
    for (const side of SIDES) Object.assign(stack[side].spec.env, { NODE_OPTIONS: `--max-old-space-size=${HEAP}` })
  await stack.start()
  watches = {
    medusa: await Watch.over(stack.medusaDb, "product"),
    directus: await Watch.over(stack.directusDb, "products"),
  }
})
afterAll(async () => {
  const [small, large] = [SMALL, LARGE].map((size) => `${size.toLocaleString("en")} products`)
  report(["what", small ?? "", large ?? "", "goal"], lines)
  await Promise.all([watches?.medusa.close(), watches?.directus.close()])
  await stack?.stop()
})

/** Behind the back of the triggers, as a catalogue that was there before the sync. */
async function seed(from: number, to: number): Promise<void> {
  await stack.sqlMedusa(
    `set session_replication_role = replica;
     insert into product (id, title, handle, status, description, material)
     select 'prod_' || lpad(n::text, 26, '0'), 'Shirt ' || n, 'shirt-' || n, 'published', 'What there is to say about the shirt ' || n || '.', 'cotton'
     from generate_series(${String(from + 1)}, ${String(to)}) n;
     analyze product`,
  )
}

/** By SQL: a host that is asked again and again has less time for its work. */
async function isDone(): Promise<boolean> {
  await sleep(1000)
  // The proxies remember what passes; a catalogue is more than they need to.
  for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
  for (const side of SIDES) memory[side].push(serverFigures(stack[side].pid).megabytes)
  const [control] = await stack.sqlMedusa("select backfill ->> 'state' as state from directus_sync_control")
  return control?.["state"] === "done"
}

/** Samples of each host's resident memory, in megabytes. */
const memory: Record<Side, number[]> = { medusa: [], directus: [] }

async function backfill(): Promise<number> {
  const taken = await timeOf(async () => {
    await stack.shop.backfill({ action: "start", kinds: ["product"] })
    await eventually("the backfill is done", isDone, { within })
  })
  await stack.settled(within)
  return taken / 1000
}

let serial = 10 * LARGE

interface EditFigures {
  visible: number[]
  requests: number
  bytes: number
}

/** What edits of a few products cost, a third of the catalogue apart. */
async function editSome(size: number): Promise<Record<Side, EditFigures>> {
  const ids = [1, 2, 3].map((part) => `prod_${String(Math.floor((size * part) / 3)).padStart(26, "0")}`)
  const pairs: ProductPair[] = []
  for (const id of ids) pairs.push({ id, item: await stack.itemOf(id) })
  const figures = {} as Record<Side, EditFigures>
  for (const side of SIDES) {
    const [proxy, watch] = side === "medusa" ? [stack.toDirectus, watches.directus] : [stack.toMedusa, watches.medusa]
    const visible: number[] = []
    proxy.forget()
    let [requests, bytes] = [0, 0]
    for (let n = -6; n < EDITS; n++) {
      const pair = pairs[(n + 6) % pairs.length] ?? { id: "", item: "" }
      const number = ++serial
      const taken = await timeOf(async () => {
        const seen = watch.seen(side === "medusa" ? pair.item : pair.id, number)
        await editTitle(stack, side, pair, `Shirt ${String(number)}`)
        await seen
      })
      await stack.settled()
      const pushes = proxy.pushes.filter((push) => recordsOf(push).length > 0)
      if (n >= 0) {
        visible.push(taken)
        requests += pushes.length
        bytes += pushes.reduce((sum, push) => sum + push.size, 0)
      }
      proxy.forget()
    }
    figures[side] = { visible, requests: requests / EDITS, bytes: Math.round(bytes / EDITS) }
  }
  return figures
}

const costOf = ({ visible, requests, bytes }: EditFigures): string =>
  `${percentile(visible, 50).toFixed(0)} ms p50, ${requests.toFixed(2)} requests, ${String(bytes)} bytes`

test(
  `${String(LARGE)} products cost no more than ${String(SMALL)}`,
  async () => {
    await seed(0, SMALL)
    const seconds = [await backfill()]
    const small = await editSome(SMALL)
    const compared = [await compare()]

    await seed(SMALL, LARGE)
    for (const side of SIDES) memory[side] = []
    seconds.push(await backfill())
    for (const side of SIDES) {
      const samples = memory[side]
      const atStart = samples[0] ?? 0
      // Most of what a server takes, it takes with its first work.
      const warm = Math.max(...samples.slice(0, Math.ceil(samples.length / 20)))
      const peak = Math.max(...samples)
      const text = `${String(peak - atStart)} MB (${String(atStart)} to ${String(peak)}; after the first twentieth ${String(peak - warm)})`
      lines.push([`memory growth of ${side === "medusa" ? "Medusa" : "Directus"} in a backfill`, "", text, "150 MB"])
    }
    const rates = [SMALL, LARGE - SMALL].map((size, i) => `${(size / (seconds[i] ?? 1)).toFixed(0)} products/s`)
    lines.push(["backfill Medusa → Directus", ...rates, ""])
    compared.push(await compare())
    lines.push(["comparison of equal catalogues", ...compared, "1 request, 2000 ms"])
    const large = await editSome(LARGE)
    for (const side of SIDES) {
      const name = `edit in ${side === "medusa" ? "Medusa" : "Directus"} to visible`
      lines.push([name, costOf(small[side]), costOf(large[side]), "the same"])
    }
    console.log(lines.map((line) => line.join("  ")).join("\n"))
    const [links] = await stack.sqlDirectus("select count(*)::int as n from medusa_sync_link where entity = 'product'")
    expect(links).toEqual({ n: LARGE })
  },
  4 * within,
)

async function compare(): Promise<string> {
  const taken: number[] = []
  for (let n = 0; n < 3; n++) {
    let report = { requests: 0, differing: -1, repaired: -1 }
    taken.push(await timeOf(async () => (report = await stack.shop.compare())))
    expect(report).toEqual({ requests: 1, differing: 0, repaired: 0 })
  }
  return `1 request, ${percentile(taken, 50).toFixed(0)} ms`
}
