import type { KnownProblem } from "./problem.ts"

/**
 * What a problem is called, what it means and what to do. Gaps are `{{name}}`: the facts of the problem, and
 * `host`, `peer` (names of the hosts), `address`, `theirAddress` (the settings that hold the peer's address, and this host's at
 * the peer), `records` (what people call records here), `page` (where the peer shows its sync) and `resume` (a request).
 */
export interface ProblemWords {
  title: string
  text: string
  /** Empty: nothing has to be done. */
  fix: string
  /** What does it without a page: a command or a request. Not translated, and only in English words. */
  command?: string
  /** What is said instead where one of several cases holds. */
  variants?: Readonly<Record<string, Partial<Omit<ProblemWords, "variants">>>>
}

export type AllProblemWords = Readonly<Record<KnownProblem | "unknown", ProblemWords>>

/** The same words, of the host where they are read. */
export type Terms = Readonly<{
  peerAddress: Readonly<Record<"medusa" | "directus", string>>
  records: Readonly<Record<"medusa" | "directus", string>>
  /** Where each host shows its sync. */
  page: Readonly<Record<"medusa" | "directus", string>>
}>
