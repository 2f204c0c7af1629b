/** The value below which so many hundredths of the values are. */
export function percentile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * hundredths) / 100))
  return sorted[at] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 50)

/** Milliseconds that `work` took. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Between which two of the values the median of all that could have been measured lies, with 95 % certainty (sign test). */
export function medianBounds(values: number[]): { low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const away = Math.ceil(0.98 * Math.sqrt(sorted.length))
  const middle = sorted.length / 2
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? NaN
  return { low: at(Math.floor(middle - away)), high: at(Math.ceil(middle + away) - 1) }
}
