import type { ErrorCode } from "../errors.ts"

/**
 * What a connection needs, in the order in which the peer looks at it: an answer, the same secret, messages that it
 * understands, a peer that is not paused, its database of before, the same mapping; then messages of the peer's own, and two clocks that agree.
 */
export const STEPS = ["reach", "trust", "understood", "running", "database", "mapping", "heard", "clocks"] as const

export type ConnectionStep = (typeof STEPS)[number]

export interface ConnectionCheck {
  step: ConnectionStep
  /** `unknown`: a step before it failed. */
  state: "ok" | "failed" | "unknown"
  /** Of what failed; `null` where the step's name says it all. */
  code: ErrorCode | null
  /** The peer's or the network's own words. */
  message: string | null
}
