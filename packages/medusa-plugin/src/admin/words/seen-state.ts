import type { SeenState } from "medusa-directus-core/operate"
import type { RecordState } from "../../operate/record-state"

/** What of a record decides the words of its states. */
export const seenState = ({
  waiting,
  needs,
  conflicts,
  sides,
}: Pick<RecordState, "waiting" | "needs" | "conflicts" | "sides">): SeenState => ({
  waitsFor: waiting === null ? null : waiting.for === "peer" ? "peer_away" : waiting.for,
  needs: needs && { state: needs.state, title: needs.title ?? needs.local_id },
  retryAt: waiting?.next_try_at ?? null,
  conflicts: conflicts.length,
  pauses: sides?.pauses ?? { here: null, peer: null },
})
