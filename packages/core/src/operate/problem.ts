import type { ErrorCode } from "../errors.ts"

export type ProblemCode =
  | ErrorCode
  /** By configuration, or because the host was not ready. */
  | "sync_off"
  /** The peer answers, and does not come here itself. */
  | "peer_not_heard"
  /** Changes wait although nothing keeps them. */
  | "changes_wait"
  | "quarantined"
  | "open_conflicts"
  /** Not all changes of the host are recorded. */
  | "capture_missing"
  /** The host has no place for some mapped fields. */
  | "fields_left_out"
  /** Fields have a place that they did not have before, and both sides have not agreed yet on what stands there. */
  | "new_places"
  /** Directus: several rows of one language say different things of a record. */
  | "doubled_texts"
  /** Others can read what goes to the peer. */
  | "plain_http"

/**
 * `stopped`: nothing is sent until it is solved. `problem`: the sync goes on, and something is not as it should be. `note`: a
 * person should know, and the health is `ok`.
 */
export type Severity = "stopped" | "problem" | "note"

/** What fills the gaps of a problem's words. Times are ISO. */
export type Facts = Readonly<Record<string, string | number>>

/** Something that a person should know. */
export interface Problem {
  code: ProblemCode
  severity: Severity
  /** What it is, in plain English and without any value of a record: for logs, alerts and monitors. */
  message: string
  /** What to do, in English, with the command or request that does it; empty = nothing. */
  fix: string
  /** Which of its sentences holds, where the code has several; see the words. */
  variant?: string
  facts: Facts
  /** ISO; `null` = it is not known since when. */
  since: string | null
}

/** A problem that has come or gone. */
export interface Alert {
  kind: "raised" | "cleared"
  code: ProblemCode
  message: string
}

/** What a person can do about a problem with one press. A page shows those that it has a place for. */
export type Action =
  /** Asks the peer again at once. */
  | "check"
  /** Goes on after a pause; see RESUME_BODIES for what is sent. */
  | "resume"
  | "accept_deletes"
  | "accept_database"
  | "moved"
  /** Shows the list that has more of it. */
  | "show_stopped"
  | "show_conflicts"
  | "show_journal"
  | "show_mapping"

/** What each answer sends to `resume`. */
export const RESUME_BODIES = {
  resume: {},
  accept_deletes: { acceptDeletes: true },
  accept_database: { acceptPeerEpoch: true },
  moved: { database: "moved" },
} as const satisfies Partial<Record<Action, Record<string, unknown>>>

/** Problems that have words of their own. Another one, of a later version or unforeseen, has those of `unknown`. */
export const PROBLEMS = {
  sync_off: { severity: "stopped", actions: [] },
  by_person: { severity: "stopped", actions: ["resume"] },
  unauthorized: { severity: "stopped", actions: ["check"] },
  wrong_receiver: { severity: "stopped", actions: ["check"] },
  config_mismatch: { severity: "stopped", actions: ["check", "show_mapping"] },
  epoch_mismatch: { severity: "stopped", actions: ["check", "accept_database"] },
  database_moved: { severity: "stopped", actions: ["moved"] },
  mass_delete: { severity: "stopped", actions: ["resume", "accept_deletes"] },
  mass_change: { severity: "stopped", actions: ["resume"] },
  peer_paused: { severity: "problem", actions: ["check"] },
  peer_unreachable: { severity: "problem", actions: ["check"] },
  peer_not_heard: { severity: "problem", actions: ["check"] },
  changes_wait: { severity: "problem", actions: ["show_journal", "check"] },
  capture_missing: { severity: "problem", actions: [] },
  fields_left_out: { severity: "problem", actions: ["show_mapping"] },
  quarantined: { severity: "problem", actions: ["show_stopped"] },
  clock_skew: { severity: "problem", actions: ["check"] },
  plain_http: { severity: "note", actions: [] },
  new_places: { severity: "note", actions: [] },
  doubled_texts: { severity: "note", actions: [] },
  open_conflicts: { severity: "note", actions: ["show_conflicts"] },
} as const satisfies Partial<Record<ProblemCode, { severity: Severity; actions: readonly Action[] }>>

export type KnownProblem = keyof typeof PROBLEMS

export const isKnown = (code: string): code is KnownProblem => Object.hasOwn(PROBLEMS, code)

export const severityOf = (code: string): Severity => (isKnown(code) ? PROBLEMS[code].severity : "problem")

export const actionsOf = (code: string): readonly Action[] => (isKnown(code) ? PROBLEMS[code].actions : [])
