import type { ProblemCode } from "medusa-directus-core"

/** What a person can do here about a problem. */
export type ProblemAction =
  /** Show another tab. */
  | { kind: "show"; tab: "stopped" | "conflicts" | "activity"; label: string }
  | { kind: "check"; label: string }
  /** Send this to `resume`; with `sure` somebody is asked first. */
  | { kind: "resume"; body: Record<string, unknown>; label: string; sure: boolean }

const resume = (label: string, body: Record<string, unknown> = {}): ProblemAction => ({
  kind: "resume",
  body,
  label,
  sure: Object.keys(body).length > 0,
})
const check: ProblemAction = { kind: "check", label: "check" }

const ACTIONS: Partial<Record<ProblemCode, ProblemAction[]>> = {
  by_person: [resume("resume")],
  mass_delete: [resume("resume"), resume("deletes", { acceptDeletes: true })],
  mass_change: [resume("resume")],
  database_moved: [resume("moved", { database: "moved" })],
  epoch_mismatch: [check, resume("accept", { acceptPeerEpoch: true })],
  quarantined: [{ kind: "show", tab: "stopped", label: "stopped" }],
  open_conflicts: [{ kind: "show", tab: "conflicts", label: "conflicts" }],
  changes_wait: [{ kind: "show", tab: "activity", label: "activity" }],
  peer_unreachable: [check],
  peer_not_heard: [check],
  peer_paused: [check],
  unauthorized: [check],
  wrong_receiver: [check],
  config_mismatch: [check],
  clock_skew: [check],
}

export const actionsFor = (code: ProblemCode): ProblemAction[] => ACTIONS[code] ?? []
