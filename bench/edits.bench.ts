import { afterAll, beforeAll, expect, test } from "vitest"
import { Stack } from "../e2e/stack/stack.ts"
import { editTitle, makePairs, type ProductPair } from "./pairs.ts"
import { median, percentile, timeOf } from "./percentile.ts"
import { report } from "./report.ts"
import { Watch } from "./watch.ts"

type Side = "medusa" | "directus"

/** Single edits of each side, one after the other. */
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 100)
/** Edits a second, of both sides together, and for how many seconds. */
const RATE = 20
const SECONDS = 30
/** One in so many is made in Medusa, which alone could not make ten a second here: each takes it a sixth of one. */
const IN_MEDUSA = 5

const lines: (string | number)[][] = []
let stack: Stack
let pairs: ProductPair[]
let watches: Record<Side, Watch>
beforeAll(async () => {
  stack = await Stack.start("edits")
  pairs = await makePairs(stack, "edits", 100)
  await stack.settled()
  watches = {
    medusa: await Watch.over(stack.medusaDb, "product"),
    directus: await Watch.over(stack.directusDb, "products"),
  }
})
afterAll(async () => {
  report(["edit to visible", "edits", "p50 ms", "p99 ms", "own writes p50 ms", "p50 ratio", "goal"], lines)
  await Promise.all([watches?.medusa.close(), watches?.directus.close()])
  await stack?.stop()
})

let serial = 0

/** @returns milliseconds until the host that was asked has answered, and until the other one's database holds it. */
async function edit(from: Side, pair: ProductPair): Promise<{ own: number; visible: number }> {
  const number = ++serial
  const arrival = from === "medusa" ? watches.directus.seen(pair.item, number) : watches.medusa.seen(pair.id, number)
  const began = performance.now()
  const own = await timeOf(() => editTitle(stack, from, pair, `edited ${String(number)}`))
  await arrival
  return { own, visible: performance.now() - began }
}

const pairAt = (n: number): ProductPair => {
  const pair = pairs[n % pairs.length]
  if (!pair) throw new Error("There are no products.")
  return pair
}

const text = (values: number[], hundredths: number): string => percentile(values, hundredths).toFixed(0)

test(`${String(rounds)} single edits of each side are seen on the other one`, async () => {
  const own: Record<Side, number[]> = { medusa: [], directus: [] }
  const visible: Record<Side, number[]> = { medusa: [], directus: [] }
  for (let n = -10; n < rounds; n++) {
    for (const side of ["medusa", "directus"] as const) {
      const taken = await edit(side, pairAt(n + 10))
      await stack.settled()
      if (n < 0) continue
      own[side].push(taken.own)
      visible[side].push(taken.visible)
    }
  }
  const both = median(own.medusa) + median(own.directus)
  for (const side of ["medusa", "directus"] as const) {
    const way = side === "medusa" ? "Medusa → Directus" : "Directus → Medusa"
    const figures = [text(visible[side], 50), text(visible[side], 99)]
    const parts = `${text(own.medusa, 50)} + ${text(own.directus, 50)}`
    const ratio = (median(visible[side]) / both).toFixed(2)
    lines.push([`${way}, one at a time`, rounds, ...figures, parts, ratio, "p50 ratio 1.50"])
  }
  console.log(lines.map((line) => line.join("  ")).join("\n"))
})

test(`${String(RATE)} edits a second are seen on the other side`, async () => {
  const visible: number[] = []
  const edits: Promise<void>[] = []
  const began = performance.now()
  for (let n = 0; n < RATE * SECONDS; n++) {
    await new Promise((wake) => setTimeout(wake, Math.max(0, began + (n * 1000) / RATE - performance.now())))
    // Each product is edited on one side alone.
    const side = n % IN_MEDUSA === 0 ? "medusa" : "directus"
    edits.push(edit(side, pairAt(n)).then((taken) => void visible.push(taken.visible)))
  }
  await Promise.all(edits)
  expect(visible).toHaveLength(RATE * SECONDS)
  lines.push([
    `${String(RATE)} a second, ${String(RATE / IN_MEDUSA)} in Medusa`,
    visible.length,
    text(visible, 50),
    text(visible, 99),
    "",
    "",
    "p99 1000 ms",
  ])
  console.log(lines.at(-1)?.join("  "))
})
