import { actionsOf, RESUME_BODIES, type Action } from "medusa-directus-core/operate"

/** What a press does on this page. */
export type ProblemAction =
  /** Shows another tab. */
  | { kind: "show"; tab: "stopped" | "conflicts" | "activity" | "mapping"; label: Action }
  | { kind: "check"; label: Action }
  /** Sends this to `resume`; with `sure` somebody is asked first. */
  | { kind: "resume"; body: Record<string, unknown>; label: Action; sure: boolean }

const TABS = {
  show_stopped: "stopped",
  show_conflicts: "conflicts",
  show_journal: "activity",
  show_mapping: "mapping",
} as const

function actionOf(label: Action): ProblemAction {
  if (label === "check") return { kind: "check", label }
  if (label in TABS) return { kind: "show", tab: TABS[label as keyof typeof TABS], label }
  return { kind: "resume", body: RESUME_BODIES[label as keyof typeof RESUME_BODIES], label, sure: label !== "resume" }
}

export const actionsFor = (code: string): ProblemAction[] => actionsOf(code).map(actionOf)
