/** What the exit code says to a script. */
export const EXIT = { fine: 0, problems: 1, wrongUse: 2 } as const

/** For programs; each has its section in docs/troubleshooting.md. */
export type ProblemCode =
  | "cancelled"
  | "conflict"
  | "failed"
  | "internal"
  | "invalid_options"
  | "not_admin"
  | "not_found"
  | "not_installed"
  | "not_ready"
  | "not_set"
  | "not_the_host"
  | "other_version"
  | "peer_unreachable"
  | "redirected"
  | "refused"
  | "sync_off"
  | "too_large"
  | "too_many_requests"
  | "unreachable"
  | "would_delete"
  | "wrong_key"
  | "wrong_use"
  | `http_${number}`

interface ProblemParts {
  code: ProblemCode
  message: string
  /** What to do next. */
  fix: string
  /** Shown with `--verbose` only. */
  detail?: string | undefined
  exitCode?: number
}

/** Why a command could not do its work, and what to do about it. The only error that people see. */
export class Problem extends Error {
  readonly code: ProblemCode
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

/** For programs. */
export const documentOf = ({ code, message, fix }: Problem): Pick<Problem, "code" | "message" | "fix"> => ({
  code,
  message,
  fix,
})

/** Something that was typed wrongly, or not set. */
export const wrongUse = (message: string, fix: string, code: ProblemCode = "wrong_use"): Problem =>
  new Problem({ code, message, fix, exitCode: EXIT.wrongUse })
