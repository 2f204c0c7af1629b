const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Milliseconds before each try of one record; after the last one, daily. */
const SCHEDULE = [
  0,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
  24 * HOUR,
]

/**
 * Full jitter: anywhere between now and the schedule's delay, so that records that failed together do not return together.
 *
 * @param attempts - failures so far.
 * @param random - 0 ≤ n < 1.
 * @returns milliseconds.
 */
export function retryDelay(attempts: number, random: number): number {
  return Math.round((SCHEDULE[Math.min(attempts, SCHEDULE.length - 1)] ?? 0) * random)
}
