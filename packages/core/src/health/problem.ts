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
  /** Directus: several rows of one language say different things of a record. */
  | "doubled_texts"
  /** Others can read what goes to the peer. */
  | "plain_http"

/** Something that a person should know: what it is and what to do about it, in plain language and without any value. */
export interface Problem {
  code: ProblemCode
  message: string
  /** ISO; `null` = it is not known since when. */
  since: string | null
}

/** A problem that has come or gone. */
export interface Alert {
  kind: "raised" | "cleared"
  code: ProblemCode
  message: string
}
