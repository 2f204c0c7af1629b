/** How many parts of a record are how; those that are not there any more do not count. */
export type PartCounts = Partial<Record<RecordStateName, number>>

/** Whose state it is that a record shows. */
export type StateCause = "record" | "part" | "pause" | "peer" | "peer_part" | "peer_pause" | "peer_silent"

/** All that says something about one record. */
export interface Views {
  own: RecordStateName
  parts: PartCounts
  /** Nothing leaves this side. */
  isPaused: boolean
  /** `silent`: it was asked, and did not answer. `untold`: there is nobody to ask, or it is too old to tell. */
  peer: { state: RecordStateName; parts: PartCounts; isPaused: boolean } | "silent" | "untold"
}

/** From what asks nothing of anybody to what needs somebody most. */
export const RANK: Record<RecordStateName, number> = {
  synced: 0,
  unconfirmed: 1,
  partly: 2,
  paused: 3,
  unreleased: 4,
  waiting: 5,
  archived: 6,
  unknown: 7,
  left_alone: 8,
  conflict: 9,
  stopped: 10,
}

const SAME: Record<RecordStateName, RecordStateName> = {
  synced: "synced",
  unconfirmed: "unconfirmed",
  partly: "partly",
  paused: "paused",
  unreleased: "unreleased",
  waiting: "waiting",
  archived: "archived",
  unknown: "unknown",
  left_alone: "left_alone",
  conflict: "conflict",
  stopped: "stopped",
}
/** A part that has ended is no news of its whole, and one that was left alone leaves the whole in sync, but for it. */
const OF_PART: typeof SAME = { ...SAME, archived: "synced", left_alone: "partly", unknown: "waiting" }
/** What the peer has not got, or has no more, is on its way. */
const OF_PEER: typeof SAME = { ...SAME, archived: "waiting", unknown: "waiting" }

/** What the state of each says about the record itself. */
export const SAYS: Record<"record" | "part" | "peer" | "peer_part", typeof SAME> = {
  record: SAME,
  part: OF_PART,
  peer: OF_PEER,
  peer_part: OF_PART,
}

/** One thing that keeps a record from being in sync. */
export interface Note {
  state: RecordStateName
  cause: StateCause
  /** How many parts, where it is about parts. */
  count: number
}

/** Pure: the one state that every screen shows, and all that is to be said of it: the worst first, of equal ones the nearest. */
export function worstOf({ own, parts, isPaused, peer }: Views): {
  state: RecordStateName
  cause: StateCause
  notes: Note[]
} {
  const views: Note[] = []
  const add = (state: RecordStateName, cause: StateCause, count = 1): void => void views.push({ state, cause, count })
  const addParts = (counts: PartCounts, cause: "part" | "peer_part"): void => {
    for (const [name, count] of Object.entries(counts) as [RecordStateName, number][])
      if (count > 0) add(SAYS[cause][name], cause, count)
  }
  add(SAYS.record[own], "record")
  addParts(parts, "part")
  if (isPaused) add("paused", "pause")
  if (peer === "silent") add("unconfirmed", "peer_silent")
  else if (peer !== "untold") {
    // What has ended on both sides waits for nothing: the peer deleted it, and this side shows it so.
    if (own !== "archived" || peer.state !== "archived") add(SAYS.peer[peer.state], "peer")
    addParts(peer.parts, "peer_part")
    if (peer.isPaused) add("paused", "peer_pause")
  }
  views.sort((a, b) => RANK[b.state] - RANK[a.state])
  const [worst] = views
  return {
    state: worst?.state ?? own,
    cause: worst?.cause ?? "record",
    notes: views.filter(({ state }) => state !== "synced"),
  }
}

/**
 * The one vocabulary of all screens, on both sides. `unconfirmed`: nothing waits here, and the peer does not say whether
 * something waits there. `partly`: in sync but for parts that were left alone. `paused`: no change waits, and the next one
 * would. `unreleased`: a backfill brought it, and the shop does not show it yet. `waiting`: a change is on its way, or will be. `archived`: the peer deleted it. `unknown`: the sync has not met it.
 * `left_alone`: a person took it, or its whole, out of the sync. `conflict`: a person has to choose a value. `stopped`: refused, or in need of
 * another record that does not come, and waits for a person or a change.
 */
export const STATE_NAMES = [
  "synced",
  "unconfirmed",
  "partly",
  "paused",
  "unreleased",
  "waiting",
  "archived",
  "unknown",
  "left_alone",
  "conflict",
  "stopped",
] as const

export type RecordStateName = (typeof STATE_NAMES)[number]
