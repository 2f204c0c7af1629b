import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import type { Batch, Failure, Tally } from "./batch.ts"
import { MIXES } from "./mixes.ts"
import { runPool } from "./pool.ts"

/** Of each fault mix there are as many; those with references run fewer, and those with senders, which take long, fewest. */
const share = (name: string): number => {
  if (MIXES.some((mix) => mix.name === name && mix.senders)) return 0.02
  return /^family|^keeps|restore$|^upkeep$/.test(name) ? 0.2 : 1
}
const shares = (names: string[]): number => names.reduce((sum, name) => sum + share(name), 0)
const ALL = MIXES.map((mix) => mix.name)

/** Histories in one piece of work: small, so that both workers end at the same time. */
const PIECE = 250

const { values } = parseArgs({
  options: {
    // Two minutes on two cores.
    histories: { type: "string", default: String(1_600 * shares(ALL)) },
    steps: { type: "string", default: "200" },
    seed: { type: "string" },
    mix: { type: "string" },
    workers: { type: "string", default: String(Math.max(2, availableParallelism())) },
  },
})
const steps = Number(values.steps)
const mixes = values.mix ? [values.mix] : ALL
const countOf = (name: string): number => Math.ceil((Number(values.histories) * share(name)) / shares(mixes))
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const committed = JSON.parse(readFileSync(new URL("../regressions/failures.json", import.meta.url), "utf8")) as Omit<
  Failure,
  "reason"
>[]

const batches: Batch[] = committed.map(({ mix, seed, steps: length }) => ({
  mix,
  firstSeed: seed,
  count: 1,
  steps: length,
}))
for (let done = 0; done < Math.max(...mixes.map(countOf)); done += PIECE) {
  for (const mix of mixes) {
    const count = Math.min(PIECE, countOf(mix) - done)
    if (count > 0) batches.push({ mix, firstSeed: firstSeed + done, count, steps })
  }
}

const started = performance.now()
const total = new Map<string, Tally>()
const failures: Failure[] = []
let pieces = 0
await runPool(new URL("./worker.ts", import.meta.url), Number(values.workers), batches, (tally) => {
  const sum = total.get(tally.mix)
  if (!sum) total.set(tally.mix, { ...tally, failures: [] })
  else {
    for (const key of ["histories", "edits", "pushes", "echoes", "conflicts"] as const) sum[key] += tally[key]
    sum.drainPushes = Math.max(sum.drainPushes, tally.drainPushes)
  }
  failures.push(...tally.failures)
  for (const failure of tally.failures) console.error(tellFailure(failure))
  if (++pieces % 400 === 0)
    console.log(`  ${String(Math.round((100 * pieces) / batches.length))} %, ${String(failures.length)} failures`)
  return failures.length < 20
})

const rows = mixes.flatMap((name) => total.get(name) ?? [])
const histories = rows.reduce((sum, row) => sum + row.histories, 0)
console.table(
  Object.fromEntries(
    rows.map((row) => [
      row.mix,
      {
        histories: row.histories,
        edits: row.edits,
        pushes: row.pushes,
        "pushes/edit": (row.pushes / row.edits).toFixed(3),
        "most pushes of one outstanding record": row.drainPushes,
        conflicts: row.conflicts,
      },
    ]),
  ),
)
const calm = total.get("none")
const problems = failures.map(tellFailure)
if (calm && (calm.echoes !== 0 || calm.pushes !== calm.edits))
  problems.push(`I7 without faults: ${String(calm.pushes)} pushes for ${String(calm.edits)} edits`)
console.log(
  `seed ${String(firstSeed)}, ${String(histories)} histories of ${String(steps)} steps, ${String(committed.length)} committed failures replayed, ${((performance.now() - started) / 1000).toFixed(0)} s`,
)
for (const problem of problems) console.error(problem)
console.log(`${String(problems.length)} failures, echoes without faults: ${String(calm?.echoes ?? 0)}`)
process.exit(problems.length > 0 ? 1 : 0)

function tellFailure({ mix, seed, steps: length, reason }: Failure): string {
  return `${reason}\n  run it again: node test/simulation/one.ts ${mix} ${String(seed)} ${String(length)}`
}
