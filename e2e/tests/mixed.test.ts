import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Ledger, type Side } from "../ledger.ts"
import { startLoad } from "../load.ts"
import { readGrowth, tellMemory } from "../memory-growth.ts"
import { makeTrouble } from "../random-faults.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"

const { rate, mixedSeconds } = sizes
/** After so long both sides come to rest and everything is compared. */
const rounds = Math.max(2, Math.round(mixedSeconds / 60))
const round = (mixedSeconds * 1000) / rounds
/** Below that a slope is noise: a host's own caches still fill. */
const slopeAfter = 600
const sides = ["medusa", "directus"] as const
/** What happened, and what waits for a person, is kept for as many days as the options say. */
const keptByAge = /journal|conflict/
/** A probe of a sender that rests comes within a minute. */
const restWithin = 90_000

const report = new Report("mixed")
const random = mulberry32(seed())
let stack: Stack
let ledger: Ledger
const memoryFile = (side: Side) => join(stack.dir, `${side}-memory.txt`)
beforeAll(async () => {
  stack = await Stack.make("mixed")
  for (const side of sides) tellMemory(stack[side], memoryFile(side), 30_000)
  await stack.start()
  ledger = await Ledger.ofNew(stack, 8)
})
afterAll(async () => {
  report.write()
  await stack?.stop()
})

type Table = { rows: number; kilobytes: number }

/** Rows and size of every table of the sync on both hosts. */
async function measureTables(): Promise<Map<string, Table>> {
  const tables = new Map<string, Table>()
  for (const [sql, prefix] of [
    [stack.sqlMedusa.bind(stack), "directus_sync_"],
    [stack.sqlDirectus.bind(stack), "medusa_sync_"],
  ] as const) {
    const names = await sql(
      "select c.relname as name from pg_class c where c.relkind = 'r' and starts_with(c.relname, $1) order by 1",
      [prefix],
    )
    for (const { name } of names) {
      const [row] = await sql(
        `select count(*)::int as rows, (pg_total_relation_size('${String(name)}') / 1024)::int as kilobytes from ${String(name)}`,
      )
      tables.set(String(name), row as Table)
    }
  }
  return tables
}

test(
  `${mixedSeconds} s of random faults under load lose nothing, and what the sync works with does not grow`,
  async () => {
    report.begin()
    const began = Date.now()
    const trouble = new Map<string, number>()
    const slowest = { rest: 0 }
    let first: Map<string, Table> | undefined
    let last = new Map<string, Table>()
    for (let at = 1; at <= rounds; at++) {
      for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
      const load = startLoad(ledger, rate / 2, random)
      const counts = await makeTrouble(stack, random, round)
      for (const [name, count] of counts) trouble.set(name, (trouble.get(name) ?? 0) + count)
      await load.stop()
      const over = Date.now()
      await stack.settled(restWithin)
      slowest.rest = Math.max(slowest.rest, Date.now() - over)
      const faults = await ledger.faults()
      last = await measureTables()
      first ??= last
      console.log(
        `round ${at} of ${rounds}: ${ledger.acknowledged.length} edits, at rest after ${Date.now() - over} ms`,
      )
      report.set("faults", [...trouble].map(([name, count]) => `${count} × ${name}`).join(", "))
      report.set("edits that a host confirmed", ledger.acknowledged.length)
      report.set("edits that a host refused or did not answer", ledger.failed)
      report.set("lost, doubled, diverged or wrong in the inbox", faults.length, "0", faults.length === 0)
      report.set("true conflicts, each in the inbox once", await ledger.conflicts())
      report.set(
        "slowest to come to rest, after a round",
        `${(slowest.rest / 1000).toFixed(1)} s`,
        "60 s",
        slowest.rest <= 60_000,
      )
      tellGrowth(began, first, last)
      expect(faults, `round ${at} of seed ${seed()}`).toEqual([])
    }
    expect(grown(first ?? new Map(), last)).toEqual([])
  },
  2 * rounds * (round + restWithin),
)

/** Tables that a sync at rest has more rows in than after the first round. A turn is a row for each kind of task. */
const grown = (first: Map<string, Table>, last: Map<string, Table>): string[] =>
  [...last]
    .filter(([name]) => !keptByAge.test(name) && !name.endsWith("_turn"))
    .filter(([name, { rows }]) => rows > (first.get(name)?.rows ?? 0))
    .map(([name, { rows }]) => `${name}: ${String(first.get(name)?.rows)}, then ${String(rows)} rows`)

function tellGrowth(began: number, first: Map<string, Table>, last: Map<string, Table>): void {
  const more = grown(first, last)
  report.set(
    "tables with more rows at rest than after the first round",
    more.join("; ") || "none",
    "none",
    more.length === 0,
  )
  const size = (tables: Map<string, Table>) =>
    [...tables].filter(([name]) => !keptByAge.test(name)).reduce((sum, [, { kilobytes }]) => sum + kilobytes, 0)
  report.set("their size on disk, after the first and the last round", `${size(first)} kB, ${size(last)} kB`)
  for (const name of ["directus_sync_journal_entry", "medusa_sync_journal"])
    report.set(`rows of ${name} for an edit`, ((last.get(name)?.rows ?? 0) / ledger.acknowledged.length).toFixed(2))
  if (mixedSeconds < slopeAfter) return
  // What a host keeps of its own grows at first.
  const from = began + (Date.now() - began) / 3
  for (const side of sides) {
    const growth = readGrowth(stack[side], memoryFile(side), from)
    if (!growth) continue
    const { now, slope, error, looks } = growth
    const measured = `${slope.toFixed(1)} ± ${error.toFixed(1)} MB an hour at ${now.toFixed(0)} MB, ${String(looks)} looks`
    report.set(`memory of ${side} after collections`, measured, "1 MB an hour", slope < 1)
  }
}
