import { describe, expect, it } from "vitest"
import { afterFailure, CLOSED, isOpen } from "../src/guard/breaker.ts"
import { retryDelay } from "../src/guard/retry.ts"

const AT = new Date("2026-01-01T00:00:00Z")
const restOf = (openUntil: string | null): number => (openUntil ? Date.parse(openUntil) - AT.getTime() : 0)

describe("the breaker", () => {
  it("asks once a second, rests 5 s after five failures, doubling up to 5 minutes", () => {
    const rests: number[] = []
    let breaker = CLOSED
    for (let i = 0; i < 13; i++) {
      breaker = afterFailure(breaker, AT, null)
      rests.push(restOf(breaker.openUntil) / 1000)
    }
    expect(rests).toEqual([1, 1, 1, 1, 5, 10, 20, 40, 80, 160, 300, 300, 300])
  })
  it("waits as long as the peer asks for, but not for ever", () => {
    expect(restOf(afterFailure(CLOSED, AT, 30_000).openUntil)).toBe(30_000)
    expect(restOf(afterFailure(CLOSED, AT, 1e12).openUntil)).toBe(300_000)
  })
  it("does not wait for a time that a clock wrote which was set back since", () => {
    const ahead = new Date(AT.getTime() + 3_600_000)
    expect(isOpen(afterFailure({ failures: 20, openUntil: null }, ahead, null), AT)).toBe(false)
  })

  it("lets a probe through when the rest is over", () => {
    const breaker = afterFailure(CLOSED, AT, null)
    expect(isOpen(breaker, AT)).toBe(true)
    expect(isOpen(breaker, new Date(AT.getTime() + 1000))).toBe(false)
  })
})

describe("the retry schedule", () => {
  it("is full jitter over 0, 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, 5 h, 10 h, 10 h, then daily", () => {
    const seconds = Array.from({ length: 13 }, (_, attempts) => retryDelay(attempts, 1) / 1000)
    expect(seconds).toEqual([0, 5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 36_000, 86_400, 86_400, 86_400])
    expect(retryDelay(4, 0)).toBe(0)
    expect(retryDelay(4, 0.5)).toBe(300_000)
  })
})
