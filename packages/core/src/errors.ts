/** Every error that a caller may see; each has its section in docs/troubleshooting.md. */
export type ErrorCode =
  | "invalid_options"
  | "invalid_mapping"
  | "invalid_message"
  | "too_large"
  | "unauthorized"
  | "too_many_requests"
  | "clock_skew"
  | "replayed"
  | "wrong_receiver"
  | "config_mismatch"
  | "epoch_mismatch"
  | "old_beat"
  | "restored"
  | "database_moved"
  | "by_person"
  | "peer_paused"
  | "mass_delete"
  | "mass_change"
  | "ambiguous_match"
  | "not_unique"
  | "rejected_by_host"
  | "pairing_conflict"
  | "concurrent_write"
  | "not_found"
  | "already_decided"
  | "already_running"
  | "interrupted"
  | "peer_unreachable"
  | "peer_failed"
  | "internal"

/** What an error concerns: one record, or nothing that a record holds, and then all of its kind or the whole message. */
export type Scope = "record" | "kind" | "message"

/** An error that says what happened and what to do next. `retryable` means that the same call may succeed later. */
export class SyncError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly scope: Scope
  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; scope?: Scope; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "SyncError"
    this.code = code
    this.retryable = options.retryable ?? false
    this.scope = options.scope ?? "record"
  }
}

export const scopeOf = (error: unknown): Scope => (error instanceof SyncError ? error.scope : "record")

/** That the database, and no record, is at fault. Everything waits for it, and asks nobody. */
export const outage = (text: string, scope: Scope, cause: unknown): SyncError =>
  new SyncError("internal", text, { retryable: true, scope, cause })

/**
 * An unknown error for the log: its name, its code and where it came from. Not its message: drivers and ORMs put values
 * of the record into theirs.
 */
export function whereFrom(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error"
  if (error instanceof SyncError) return `${error.code}: ${error.message}`
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim())
  return [error.name, codeOf(error), ...frames].filter(Boolean).join(" ")
}

/** The nearest code below an error: `ECONNREFUSED`, `42703`. */
function codeOf(error: Error): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === "string") return code
  }
  return ""
}

/** The HTTP status that answers each code, to the peer and to a person's program. */
export const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_options: 400,
  invalid_message: 400,
  rejected_by_host: 400,
  unauthorized: 401,
  clock_skew: 401,
  wrong_receiver: 403,
  not_found: 404,
  already_decided: 409,
  already_running: 409,
  interrupted: 409,
  not_unique: 409,
  replayed: 409,
  config_mismatch: 409,
  epoch_mismatch: 409,
  old_beat: 409,
  restored: 503,
  database_moved: 503,
  by_person: 503,
  peer_paused: 503,
  too_large: 413,
  concurrent_write: 503,
  peer_unreachable: 424,
  internal: 500,
}
