/** One rule of the engine, and the edit that takes it out. */
export interface Rule {
  rule: string
  file: string
  find: string
  replace: string
  /** The mix in which its absence shows. */
  mix: string
  /** Where the search begins, when a history that shows it is not among the first. */
  firstSeed?: number
  /** The invariants of which at least one must break. */
  breaks: RegExp
}

/** A rule whose absence no random history shows, since no history plays what it is made for. */
export interface TestedRule extends Pick<Rule, "rule" | "file" | "find" | "replace"> {
  /** The file of the test. */
  test: string
  /** The end of the test's name. */
  breaks: string
}
