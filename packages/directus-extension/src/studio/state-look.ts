import type { RecordState, RecordStateName } from "medusa-directus-core/host"
import type { SeenState } from "medusa-directus-core/operate"
import type { ItemState } from "../sync-endpoint/item-state"

/** The icon of each state: it is never shown by its colour alone. */
export const STATE_ICONS: Record<RecordStateName, string> = {
  synced: "check_circle",
  unconfirmed: "help",
  partly: "link_off",
  paused: "pause_circle",
  unreleased: "visibility_off",
  waiting: "schedule",
  conflict: "call_split",
  stopped: "block",
  archived: "archive",
  left_alone: "link_off",
  unknown: "help",
}

/** What of an item decides the words of its states. */
export const seenState = ({
  heldBy,
  needs,
  openConflicts,
  pauses,
}: Pick<RecordState, "heldBy" | "openConflicts" | "pauses"> &
  Pick<ItemState & { running: true }, "needs">): SeenState => ({
  waitsFor: heldBy,
  needs,
  retryAt: null,
  conflicts: openConflicts,
  pauses,
})
