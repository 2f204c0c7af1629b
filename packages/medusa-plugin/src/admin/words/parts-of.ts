import type { PartCounts, RecordState } from "medusa-directus-core/host"

export interface PartsInWords {
  /** How many at least are so on the side on which they are more. */
  stopped: number
  conflicts: number
  waiting: number
  leftAlone: number
  /** All of them, when neither side says that one is otherwise; `null` = some are, or Directus does not say. */
  synced: number | null
}

const counted = ({ stopped = 0, conflict = 0, waiting = 0, unknown = 0, left_alone = 0 }: PartCounts) => ({
  stopped,
  conflicts: conflict,
  waiting: waiting + unknown,
  leftAlone: left_alone,
})

/** How the parts of a record are, as the worse of both sides knows it. */
export function partsOf({ parts, peer }: Pick<RecordState, "parts" | "peer">): PartsInWords {
  const [here, there] = [counted(parts), counted(typeof peer === "string" ? {} : peer.parts)]
  const most = {
    stopped: Math.max(here.stopped, there.stopped),
    conflicts: Math.max(here.conflicts, there.conflicts),
    waiting: Math.max(here.waiting, there.waiting),
    leftAlone: Math.max(here.leftAlone, there.leftAlone),
  }
  const isSynced = peer !== "silent" && Object.values(most).every((count) => count === 0)
  return { ...most, synced: isSynced ? (parts.synced ?? 0) : null }
}
