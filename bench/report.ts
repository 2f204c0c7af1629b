import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** Writes a table into BENCH_REPORT, from where `npm run bench` prints it. */
export function report(columns: string[], rows: (string | number)[][]): void {
  const file = process.env["BENCH_REPORT"]
  if (!file) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ columns, rows: rows.map((row) => row.map(String)) }))
}
