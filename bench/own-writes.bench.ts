import { setTimeout } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Stack } from "../e2e/stack/stack.ts"
import { editTitle, makePairs, type ProductPair } from "./pairs.ts"
import { median, middle } from "./percentile.ts"
import { report } from "./report.ts"
import { startWithSwitch, tellLater, turnSync } from "./sync-switch.ts"

/** How often both hosts are started anew for each form: a process may be faster than the one before it. */
const starts = Number(process.env["BENCH_ROUNDS"] ?? 1)
const BATCH = 100
/** Milliseconds before each write: like an editor's it finds a host that has nothing to do. */
const REST = 300

const lines: (string | number)[][] = []
let stack: Stack
let pairs: ProductPair[]
beforeAll(async () => {
  stack = await startWithSwitch("own_writes")
  pairs = await makePairs(stack, "own", BATCH)
  await stack.settled()
})
afterAll(async () => {
  report(
    ["write", "starts", "pairs", "p50 ms without", "p50 ms with the sync", "slower by", "95 % sure", "goal"],
    lines,
  )
  await stack?.stop()
})

interface Write {
  side: "medusa" | "directus"
  /** Writes of a block that do not count, because they find caches that the switch has emptied, and those that do. */
  emptied: number
  counted: number
  /** Pairs of blocks of a start, one with and one without the sync. */
  pairs: number
  /** @returns what it needs to be asked for the ids of its products. */
  run: (value: string) => Promise<() => string[]>
}

const admin = (path: string, body: Record<string, unknown>) =>
  stack.shop.sdk.client.fetch<{ created: { id: string }[] }>(`/admin${path}`, { method: "POST", body })
const items = (method: string, body: unknown) =>
  stack.cms.fetchJson<{ data: { id: string }[] }>("/items/products", { method, body: JSON.stringify(body) })
const hundred = <Of>(make: (n: number) => Of): Of[] => Array.from({ length: BATCH }, (_, n) => make(n))
const idsOf = (rows: { id: string }[]) => () => rows.map(({ id }) => id)

/** What turns Medusa's triggers off and on changes its tables; Directus's hooks cost nothing to turn off, so each write is a block. */
const inMedusa = { side: "medusa", emptied: 1, counted: 3, pairs: 12 } as const
const inDirectus = { side: "directus", emptied: 0, counted: 1, pairs: 48 } as const

function editOne(side: Write["side"]): Write {
  const run: Write["run"] = async (value) => {
    const [first] = pairs
    if (!first) throw new Error("There is no product.")
    await editTitle(stack, side, first, value)
    return () => [side === "medusa" ? first.id : first.item]
  }
  return side === "medusa" ? { ...inMedusa, counted: 9, run } : { ...inDirectus, pairs: 160, run }
}

const writes: Record<string, Write> = {
  "one product edited in Medusa": editOne("medusa"),
  "100 products edited in one batch in Medusa": {
    ...inMedusa,
    async run(value) {
      await admin("/products/batch", { update: pairs.map(({ id }) => ({ id, subtitle: value })) })
      return idsOf(pairs)
    },
  },
  "100 products made in one batch in Medusa": {
    ...inMedusa,
    async run(value) {
      const { created } = await admin("/products/batch", {
        create: hundred((n) => ({
          title: value,
          handle: `m-${value}-${String(n)}`,
          options: [{ title: "Size", values: ["S"] }],
        })),
      })
      return idsOf(created)
    },
  },
  "one product edited in Directus": editOne("directus"),
  "100 products edited in one batch in Directus": {
    ...inDirectus,
    async run(value) {
      await items("PATCH", { keys: pairs.map(({ item }) => item), data: { material: value } })
      return () => pairs.map(({ item }) => item)
    },
  },
  "100 products made in one batch in Directus": {
    ...inDirectus,
    async run(value) {
      const { data } = await items(
        "POST",
        hundred((n) => ({ title: value, handle: `d-${value}-${String(n)}` })),
      )
      return idsOf(data)
    },
  },
}

let written = 0

/**
 * Milliseconds of each write of a block. What the sync does after the answer is no part of the write; it is done for a write
 * without the sync too, so that the next one finds both hosts in the same state.
 */
async function takeBlock({ side, emptied, counted, run }: Write, on: boolean): Promise<number[]> {
  await turnSync(stack, side, on)
  const taken: number[] = []
  for (let n = 0; n < emptied + counted; n++) {
    await setTimeout(REST)
    const value = `value-${String(written++)}`
    const began = performance.now()
    const ids = await run(value)
    taken.push(performance.now() - began)
    if (!on) await tellLater(stack, side, ids())
    await stack.settled(120_000)
  }
  return taken.slice(emptied)
}

type Pair = Record<"without" | "withSync", number[]>

async function takePairs(write: Write): Promise<Pair[]> {
  const taken: Pair[] = []
  // What a host does often it does faster: the first ones do not count.
  for (let n = -write.pairs / 4; n < write.pairs; n++) {
    // Each first half of the time: the database grows.
    const first = await takeBlock(write, n % 2 === 0)
    const second = await takeBlock(write, n % 2 !== 0)
    if (n >= 0) taken.push(n % 2 === 0 ? { withSync: first, without: second } : { without: first, withSync: second })
  }
  return taken
}

test.each(Object.entries(writes))(
  "%s, with the sync and without",
  { timeout: starts * 900_000 },
  async (name, write) => {
    const taken: Pair[] = []
    for (let start = 0; start < starts; start++) {
      await Promise.all([stack.medusa, stack.directus].map((host) => host.restart()))
      taken.push(...(await takePairs(write)))
    }
    await turnSync(stack, write.side, true)
    expect(taken).toHaveLength(starts * write.pairs)
    const slower = (logarithm: number) => `${((Math.exp(logarithm) - 1) * 100).toFixed(1)} %`
    const { value, low, high } = middle(
      taken.map(({ without, withSync }) => Math.log(median(withSync) / median(without))),
    )
    lines.push([
      name,
      starts,
      taken.length,
      median(taken.flatMap(({ without }) => without)).toFixed(1),
      median(taken.flatMap(({ withSync }) => withSync)).toFixed(1),
      slower(value),
      `${slower(low)} to ${slower(high)}`,
      "5 %",
    ])
    console.log(lines.at(-1)?.join("  "))
  },
)
