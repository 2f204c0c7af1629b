import { afterAll, beforeAll, expect, test } from "vitest"
import { removeSync } from "../e2e/before-sync.ts"
import { Stack } from "../e2e/stack/stack.ts"
import { editTitle, makePairs, type ProductPair } from "./pairs.ts"
import { median, medianBounds, timeOf } from "./percentile.ts"
import { report } from "./report.ts"

/** How often all hosts are started anew for each form: two processes that do the same differ by a few hundredths. */
const starts = Number(process.env["BENCH_ROUNDS"] ?? 6)
/** Pairs of writes of a start, one with and one without the sync; of what takes less time more. */
const PAIRS = { one: 36, batch: 12 }
/** Pairs before those, which do not count: what a host does often it does faster, and the sync does the same writes. */
const WARM_UP = 25
const BATCH = 100

const lines: (string | number)[][] = []
let synced: Stack
let plain: Stack
let pairs: Record<"synced" | "plain", ProductPair[]>
beforeAll(async () => {
  // Side by side, so that whatever else the machine does hits both alike.
  plain = await Stack.start("own_writes_plain")
  pairs = { plain: await makePairs(plain, "own", BATCH), synced: [] }
  await plain.settled()
  await removeSync(plain)
  synced = await Stack.start("own_writes_synced")
  pairs.synced = await makePairs(synced, "own", BATCH)
  await synced.settled()
})
afterAll(async () => {
  report(
    ["write", "starts", "pairs", "p50 ms without", "p50 ms with the sync", "slower by", "95 % sure", "goal"],
    lines,
  )
  await Promise.all([plain?.stop(), synced?.stop()])
})

/**
 * Both hosts of either pair have just answered, like those that are asked whether they have settled: a process that slept
 * finds its memory cold.
 */
async function wakeUp(stack: Stack): Promise<void> {
  for (let n = 0; n < 3; n++) {
    await stack.shop.sdk.client.fetch("/admin/products?limit=20")
    await stack.cms.fetchJson("/items/products?limit=20")
  }
}

type Write = (stack: Stack, pairs: ProductPair[], round: string) => Promise<unknown> | undefined

const admin = (stack: Stack, path: string, body: Record<string, unknown>): Promise<unknown> =>
  stack.shop.sdk.client.fetch(`/admin${path}`, { method: "POST", body })
const items = (stack: Stack, method: string, body: unknown): Promise<unknown> =>
  stack.cms.fetchJson("/items/products", { method, body: JSON.stringify(body) })
const hundred = <Of>(make: (n: number) => Of): Of[] => Array.from({ length: BATCH }, (_, n) => make(n))

const writes: Record<string, Write> = {
  "one product edited in Medusa": (stack, [first], round) => first && editTitle(stack, "medusa", first, round),
  "100 products edited in one batch in Medusa": (stack, all, round) =>
    admin(stack, "/products/batch", { update: all.map(({ id }) => ({ id, subtitle: round })) }),
  "100 products made in one batch in Medusa": (stack, _, round) =>
    admin(stack, "/products/batch", {
      create: hundred((n) => ({
        title: round,
        handle: `m-${round}-${String(n)}`,
        options: [{ title: "Size", values: ["S"] }],
      })),
    }),
  "one product edited in Directus": (stack, [, second], round) => second && editTitle(stack, "directus", second, round),
  "100 products edited in one batch in Directus": (stack, all, round) =>
    items(stack, "PATCH", { keys: all.map(({ item }) => item), data: { material: round } }),
  "100 products made in one batch in Directus": (stack, _, round) =>
    items(
      stack,
      "POST",
      hundred((n) => ({ title: round, handle: `d-${round}-${String(n)}` })),
    ),
}

const startAnew = (stack: Stack): Promise<unknown> =>
  Promise.all([stack.medusa, stack.directus].map((host) => host.restart()))

let rounds = 0

/** Milliseconds of each pair of one start. */
async function takeTimes(write: Write, times: number): Promise<{ without: number; withSync: number }[]> {
  const taken: { without: number; withSync: number }[] = []
  for (let n = -WARM_UP; n < times; n++) {
    const pair = { without: NaN, withSync: NaN }
    const round = `round-${String(rounds++)}`
    // Each first half of the time: the first of two writes may find the machine busy with something else.
    for (const which of n % 2 === 0 ? (["plain", "synced"] as const) : (["synced", "plain"] as const)) {
      const stack = which === "plain" ? plain : synced
      await wakeUp(stack)
      const milliseconds = await timeOf(async () => write(stack, pairs[which], round))
      pair[which === "plain" ? "without" : "withSync"] = milliseconds
      // What the sync does after the answer is no part of the write.
      await synced.settled(120_000)
    }
    if (n >= 0) taken.push(pair)
  }
  return taken
}

test.each(Object.entries(writes))(
  "%s, with the sync and without",
  { timeout: starts * 600_000 },
  async (name, write) => {
    const times = name.startsWith("one") ? PAIRS.one : PAIRS.batch
    const taken: { without: number; withSync: number }[][] = []
    for (let start = 0; start < starts; start++) {
      await Promise.all([plain, synced].map(startAnew))
      taken.push(await takeTimes(write, times))
    }
    const all = taken.flat()
    expect(all).toHaveLength(starts * times)
    const ratioOf = (some: typeof all) => median(some.map(({ without, withSync }) => withSync / without))
    const slower = (ratio: number) => `${((ratio - 1) * 100).toFixed(1)} %`
    // The pairs of one start share its processes, so that only starts are independent of each other.
    const { low, high } = medianBounds(taken.map(ratioOf))
    lines.push([
      name,
      starts,
      all.length,
      median(all.map(({ without }) => without)).toFixed(1),
      median(all.map(({ withSync }) => withSync)).toFixed(1),
      slower(ratioOf(all)),
      `${slower(low)} to ${slower(high)}`,
      "5 %",
    ])
    console.log(lines.at(-1)?.join("  "))
  },
)
