import { performance } from "node:perf_hooks"

/** Says what begins, and how long it took when it is done. */
export async function step<T>(what: string, run: () => Promise<T>): Promise<T> {
  const began = performance.now()
  console.log(`  … ${what}`)
  try {
    const result = await run()
    console.log(`  ✓ ${what}  ${seconds(performance.now() - began)}`)
    return result
  } catch (error) {
    console.log(`  ✗ ${what}  ${seconds(performance.now() - began)}`)
    throw error
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** A table with its columns as wide as their widest cell. */
export function table(header: string[], rows: string[][]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[], fill = " ") =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join("  ")}`.trimEnd()
  return [
    line(header),
    line(
      widths.map(() => ""),
      "─",
    ),
    ...rows.map((row) => line(row)),
  ].join("\n")
}
