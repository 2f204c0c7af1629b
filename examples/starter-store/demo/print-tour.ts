import { table } from "./progress.ts"
import type { Result } from "./tour/tour.ts"

const mark = (held: boolean): string => (held ? "✓" : "✗")

const time = (ms: number | undefined): string => (ms === undefined ? "" : `${ms.toFixed(0)} ms`)

export function printStep({ title, held, ms, notes }: Result, number: number): void {
  console.log(`  ${mark(held)} ${number}. ${title}${ms === undefined ? "" : `  ${time(ms)}`}`)
  for (const note of notes) console.log(`       ${note}`)
}

export function printTable(results: Result[]): void {
  const rows = results.map(({ title, held, ms }, index) => [mark(held), `${index + 1}`, title, time(ms).padStart(8)])
  console.log(`\n${table(["", "", "step", "      ms"], rows)}`)
  const held = results.filter((result) => result.held).length
  console.log(
    `\n  ${held} of ${results.length} steps held. ms: from a change being saved until the other side shows it.`,
  )
}
