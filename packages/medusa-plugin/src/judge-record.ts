import type { Control } from "medusa-directus-core"
import type { RecordFacts } from "./adapters/record-facts"
import type { RecordState, RecordVerdict, WaitingFor } from "./record-state"

type Judged = Pick<RecordState, "verdict" | "reason" | "waiting">

/** Pure: one word for the state of a record, the gravest that fits, and why. */
export function judgeRecord(
  { link, mark, conflicts }: Pick<RecordFacts, "link" | "mark" | "conflicts">,
  control: Pick<Control, "paused" | "breaker">,
  now: Date,
): Judged {
  const say = (verdict: RecordVerdict, more: Partial<Judged> = {}): Judged => ({
    verdict,
    reason: link?.reason ?? null,
    waiting: null,
    ...more,
  })
  const wait = (why: WaitingFor): Judged =>
    say("waiting", {
      waiting: {
        for: why,
        since: mark?.since.toISOString() ?? null,
        next_try_at: why === "retry" ? (mark?.runAt?.toISOString() ?? null) : null,
      },
    })
  if (link?.state === "unlinked") return say("unlinked")
  if (link?.state === "quarantined") return say("stopped")
  if (conflicts.length > 0) return say("conflict")
  if (mark?.runAt) {
    if (control.paused && !control.paused.accepted) return wait("pause")
    if (control.breaker.failures > 0) return wait("peer")
    return wait((link?.attempts ?? 0) > 0 && mark.runAt > now ? "retry" : "soon")
  }
  if (link?.heldBack || mark) return wait("other_record")
  if (!link || (link.peerId === null && link.standing === "alive")) return say("new")
  return say(link.standing === "alive" ? "in_sync" : "ended")
}
