import { afterAll, beforeAll, expect, test } from "vitest"
import { removeSync } from "../e2e/before-sync.ts"
import { Stack } from "../e2e/stack/stack.ts"
import { editTitle, makePairs, type ProductPair } from "./pairs.ts"
import { median, medianBounds, timeOf } from "./percentile.ts"
import { report } from "./report.ts"

/** Pairs of writes of each form, one with and one without the sync. */
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 30)
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
  report(["write", "rounds", "p50 ms without", "p50 ms with the sync", "slower by", "95 % sure", "goal"], lines)
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

test.each(Object.entries(writes))("%s, with the sync and without", async (name, write) => {
  const taken: Record<"synced" | "plain", number[]> = { synced: [], plain: [] }
  const times = name.startsWith("one") ? rounds * 3 : rounds
  for (let n = -WARM_UP; n < times; n++) {
    // Each first half of the time: the first of two writes may find the machine busy with something else.
    for (const which of n % 2 === 0 ? (["plain", "synced"] as const) : (["synced", "plain"] as const)) {
      const stack = which === "plain" ? plain : synced
      const round = `round ${String(n + WARM_UP)}`.replace(" ", "-")
      await wakeUp(stack)
      const milliseconds = await timeOf(async () => write(stack, pairs[which], round))
      if (n >= 0) taken[which].push(milliseconds)
      // What the sync does after the answer is no part of the write.
      await synced.settled(120_000)
    }
  }
  expect(taken.synced).toHaveLength(times)
  const [without, withSync] = [median(taken.plain), median(taken.synced)]
  const ratios = taken.synced.map((milliseconds, n) => milliseconds / (taken.plain[n] ?? NaN))
  const slower = (ratio: number) => `${((ratio - 1) * 100).toFixed(1)} %`
  const { low, high } = medianBounds(ratios)
  const between = `${slower(low)} to ${slower(high)}`
  lines.push([name, times, without.toFixed(1), withSync.toFixed(1), slower(median(ratios)), between, "5 %"])
  console.log(lines.at(-1)?.join("  "))
})
