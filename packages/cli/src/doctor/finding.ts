import type { Side } from "medusa-directus-core/host"

/** What is looked at, in the order in which it is told. */
export const CHECKS = [
  "reach",
  "permissions",
  "versions",
  "secret",
  "clocks",
  "pair",
  "mapping",
  "schema",
  "licence",
  "triggers",
  "sync",
] as const

export type Check = (typeof CHECKS)[number]

/** `note`: nothing has to be done, or it could not be looked at. */
export type State = "ok" | "note" | "problem"

export interface Finding {
  check: Check
  /** `null`: it is about both. */
  side: Side | null
  state: State
  message: string
  /** What to do about it; `null` when nothing is to be done. */
  fix: string | null
}

/** Findings of one check. */
export function tell(check: Check, side: Side | null = null) {
  const make =
    (state: State) =>
    (message: string, fix: string | null = null): Finding => ({ check, side, state, message, fix })
  return { ok: make("ok"), note: make("note"), problem: make("problem") }
}
