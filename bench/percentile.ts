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

/**
 * Hodges and Lehmann's estimate of the middle of values that scatter evenly to both sides, and between which figures it lies
 * with 95 % certainty (Wilcoxon's signed-rank test). It needs two thirds of the values that a median needs, and outliers move
 * it as little.
 */
export function middle(values: readonly number[]): { value: number; low: number; high: number } {
  const n = values.length
  const averages = values
    .flatMap((one, i) => values.slice(i).map((other) => (one + other) / 2))
    .sort((one, other) => one - other)
  const away = 1.96 * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)
  const at = (rank: number) => averages[Math.min(averages.length - 1, Math.max(0, rank))] ?? NaN
  const half = averages.length / 2
  return { value: median(averages), low: at(Math.floor(half - away)), high: at(Math.ceil(half + away) - 1) }
}
