import type { RecordStateName } from "medusa-directus-core"
import type { MessageKey } from "./messages/en"

interface Look {
  label: MessageKey
  text: MessageKey
  icon: string
  /** Of the Studio's chip and notice. */
  kind: "success" | "info" | "warning" | "danger" | "neutral"
}

/** How each state is shown: never by its colour alone. */
export const STATE_LOOKS: Record<RecordStateName, Look> = {
  synced: { label: "item_synced", text: "item_synced_text", icon: "check_circle", kind: "success" },
  unconfirmed: { label: "item_unconfirmed", text: "item_unconfirmed_text", icon: "help", kind: "neutral" },
  partly: { label: "item_partly", text: "item_partly_text", icon: "link_off", kind: "neutral" },
  paused: { label: "item_paused", text: "item_paused_text", icon: "pause_circle", kind: "warning" },
  waiting: { label: "item_waiting", text: "item_waiting_text", icon: "schedule", kind: "info" },
  conflict: { label: "item_conflict", text: "item_conflict_text", icon: "call_split", kind: "warning" },
  stopped: { label: "item_stopped", text: "item_stopped_text", icon: "block", kind: "danger" },
  archived: { label: "item_archived", text: "item_archived_text", icon: "archive", kind: "neutral" },
  left_alone: { label: "item_left_alone", text: "item_left_alone_text", icon: "link_off", kind: "neutral" },
  unknown: { label: "item_unknown", text: "item_unknown_text", icon: "help", kind: "neutral" },
}
