import type { Breaker } from "../control.ts"

/** Endpoint failures in a row before the direction rests. */
const THRESHOLD = 5
const FIRST_REST = 5_000
const LONGEST_REST = 300_000
/** Before the breaker opens, a failing endpoint is asked once a second. */
const PAUSE = 1_000

export const CLOSED: Breaker = { failures: 0, openUntil: null }

/**
 * May no request be sent at `now`? An open breaker lets one probe through when its rest is over. A rest that is longer
 * than any was written by a clock that has been set back since.
 */
export function isOpen({ openUntil }: Breaker, now: Date): boolean {
  const left = openUntil === null ? 0 : Date.parse(openUntil) - now.getTime()
  return left > 0 && left <= LONGEST_REST
}

/** A probe carries one record only: the peer is not expected to answer. */
export const isProbe = (breaker: Breaker): boolean => breaker.failures > 0

/**
 * The breaker after an endpoint failure. Such a failure spends no record's attempts.
 *
 * @param retryAfter - what the peer asked for, in milliseconds.
 */
export function afterFailure(breaker: Breaker, now: Date, retryAfter: number | null): Breaker {
  const failures = breaker.failures + 1
  const rest =
    failures < THRESHOLD ? PAUSE : Math.min(FIRST_REST * 2 ** Math.min(failures - THRESHOLD, 10), LONGEST_REST)
  return {
    failures,
    openUntil: new Date(now.getTime() + Math.max(rest, Math.min(retryAfter ?? 0, LONGEST_REST))).toISOString(),
  }
}

/** The breaker while a request hangs: as open as five failures make it, and not longer with each look. */
export const afterSilence = (breaker: Breaker, now: Date): Breaker =>
  breaker.failures >= THRESHOLD && isOpen(breaker, now)
    ? breaker
    : {
        failures: Math.max(breaker.failures, THRESHOLD),
        openUntil: new Date(now.getTime() + FIRST_REST).toISOString(),
      }
