import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync } from "../before-sync.ts"
import { eventually } from "../eventually.ts"
import { Ledger, type Pair, type Side } from "../ledger.ts"
import { startEditors } from "../load.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"

const { editors, hotRecords, rate, editSeconds, bareSeconds } = sizes
/** Of each run, until what a host compiles and keeps is warm; those edits are not measured. */
const warmUp = 15_000
const sides = ["medusa", "directus"] as const

const report = new Report("editors")
let stack: Stack
let ledger: Ledger
/** Milliseconds of each edit without the sync. */
let bare: Record<Side, number[]> | undefined
beforeAll(
  async () => {
    stack = await Stack.start("editors")
    if (bareSeconds > 0) await beforeSync(stack, withoutSync)
    ledger = await Ledger.ofNew(stack, hotRecords)
  },
  bareSeconds * 1000 + 300_000,
)
afterAll(async () => {
  report.write()
  await stack?.stop()
})

/** @returns the milliseconds that each edit took after the warm-up. */
async function edit(among: Ledger, seconds: number): Promise<Record<Side, number[]>> {
  const began = Date.now()
  const running = startEditors(among, { editors, rate, random: mulberry32(seed()) })
  await eventually("the time is over", () => Date.now() > began + seconds * 1000, { within: seconds * 1000 + 60_000 })
  await running.stop()
  const measured = among.acknowledged.filter(({ at }) => at > began + Math.min(warmUp, seconds * 500))
  const of = (side: Side) => measured.filter((each) => each.side === side).map(({ took }) => took)
  return { medusa: of("medusa"), directus: of("directus") }
}

/** The same people on records that only live until then. */
async function withoutSync(): Promise<void> {
  const pairs: Pair[] = []
  for (let i = 0; i < hotRecords; i++) {
    const record = { title: `Bare ${String(i)}`, handle: `bare-${String(i)}` }
    pairs.push({ id: await stack.shop.create(record), item: await stack.cms.create(record) })
  }
  bare = await edit(await Ledger.open(stack, pairs), bareSeconds)
  for (const { id, item } of pairs) await Promise.all([stack.shop.remove(id), stack.cms.remove(item)])
  await Promise.all([stack.sqlMedusa("truncate e2e_audit"), stack.sqlDirectus("truncate e2e_audit")])
}

const percentile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN

function compare(took: Record<Side, number[]>): void {
  for (const side of sides)
    for (const [name, share] of [
      ["p50", 0.5],
      ["p99", 0.99],
    ] as const) {
      const figure = `${name} of an edit in ${side === "medusa" ? "Medusa" : "Directus"}`
      const now = percentile(took[side], share)
      if (!bare) {
        report.set(figure, `${now.toFixed(0)} ms`)
        continue
      }
      const before = percentile(bare[side], share)
      const more = `${now.toFixed(0)} ms, ${before.toFixed(0)} ms without the sync: × ${(now / before).toFixed(2)}`
      if (name === "p99") report.set(figure, more, "below × 1.15", now / before < 1.15)
      else report.set(figure, more)
    }
}

test(
  `${editors} people who edit ${hotRecords} records on both sides at once lose nothing, and each true conflict is kept once`,
  async () => {
    report.begin()
    const took = await edit(ledger, editSeconds)
    const over = Date.now()
    await stack.settled()
    const settled = (Date.now() - over) / 1000
    const [faults, conflicts] = [await ledger.faults(), await ledger.conflicts()]
    report.set("people, records", `${editors}, ${hotRecords}`)
    report.set("edits that a host confirmed", `${ledger.acknowledged.length} in ${editSeconds} s`)
    report.set("edits that a host refused or did not answer", ledger.failed)
    report.set("lost, doubled, diverged or wrong in the inbox", faults.length, "0", faults.length === 0)
    report.set("true conflicts, each in the inbox once", conflicts)
    report.set("at rest after the last edit", `${settled.toFixed(1)} s`, "10 s", settled <= 10)
    compare(took)
    expect(faults).toEqual([])
    // Without any, nothing was shown.
    expect(conflicts).toBeGreaterThan(0)
  },
  editSeconds * 1000 + 240_000,
)
