const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Equal record failures in a row after which a person is asked. */
export const MAX_FAILURES = 5

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

/** Milliseconds between the tries of a record that waits for a value which another one has. */
const STEPS = [0, 2 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE]

/** At one moment for all that wait, so that records that wait for each other come in one message. */
export function nextTry(attempts: number, now: Date): Date {
  const step = STEPS[Math.min(attempts, STEPS.length - 1)] ?? 0
  return new Date(step === 0 ? now.getTime() : (Math.floor(now.getTime() / step) + 1) * step)
}
