/** What the exit code says to a script. */
export const EXIT = { fine: 0, problems: 1, wrongUse: 2 } as const

interface ProblemParts {
  /** For programs: `unreachable`, `wrong_key` … */
  code: string
  message: string
  /** What to do next. */
  fix: string
  /** Shown with `--verbose` only. */
  detail?: string | undefined
  exitCode?: number
}

/** Why a command could not do its work, and what to do about it. The only error that people see. */
export class Problem extends Error {
  readonly code: string
  readonly fix: string
  readonly detail: string | undefined
  readonly exitCode: number
  constructor({ code, message, fix, detail, exitCode = EXIT.problems }: ProblemParts) {
    super(message)
    this.name = "Problem"
    this.code = code
    this.fix = fix
    this.detail = detail
    this.exitCode = exitCode
  }
}

/** Something that was typed wrongly, or not set. */
export const wrongUse = (message: string, fix: string, code = "wrong_use"): Problem =>
  new Problem({ code, message, fix, exitCode: EXIT.wrongUse })
