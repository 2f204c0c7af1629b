import type { Control, RecordState as State } from "medusa-directus-core/host"
import type { RecordFacts } from "./record-facts"
import type { RecordState, WaitingFor } from "./record-state"

/** Pure: what keeps a change that waits here, and until when. */
export function waitingFor(
  { link, mark }: Pick<RecordFacts, "link" | "mark">,
  control: Pick<Control, "paused" | "breaker">,
  now: Date,
  heldBy: State["heldBy"] = null,
): NonNullable<RecordState["waiting"]> {
  const wait = (why: WaitingFor): NonNullable<RecordState["waiting"]> => ({
    for: why,
    since: mark?.since.toISOString() ?? null,
    next_try_at: why === "retry" ? (mark?.runAt?.toISOString() ?? null) : null,
  })
  if (heldBy === "new_place") return wait("new_place")
  if (!mark?.runAt) return wait(link?.heldBack || mark ? "other_record" : "soon")
  if (control.paused && !control.paused.accepted) return wait("pause")
  if (control.breaker.failures > 0) return wait("peer")
  return wait((link?.attempts ?? 0) > 0 && mark.runAt > now ? "retry" : "soon")
}
