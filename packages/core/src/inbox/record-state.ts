import type { Side } from "../document/value.ts"
import { isOpen } from "../guard/breaker.ts"
import { isStill } from "../guard/pause.ts"
import { isAlive, needsPush, type Link } from "../link/link.ts"
import type { Control } from "../ports.ts"

/**
 * The one vocabulary of all screens, on both sides. `unconfirmed`: nothing waits here, and the peer does not say whether
 * something waits there. `partly`: in sync but for parts that were left alone. `paused`: no change waits, and the next one
 * would. `waiting`: a change is on its way, or will be. `archived`: the peer deleted it. `unknown`: the sync has not met it.
 * `left_alone`: a person took it out of the sync. `conflict`: a person has to choose a value. `stopped`: refused, and waits
 * for a person or a change.
 */
export const STATE_NAMES = [
  "synced",
  "unconfirmed",
  "partly",
  "paused",
  "waiting",
  "archived",
  "unknown",
  "left_alone",
  "conflict",
  "stopped",
] as const
export type RecordStateName = (typeof STATE_NAMES)[number]

/** What this side knows of a record by itself. */
export interface OwnState {
  state: RecordStateName
  /** What keeps a change that waits here; `null` = nothing does. */
  heldBy: "pause" | "peer_away" | "retry" | null
  /** In the words of the engine: ids, names of fields and codes, never a value. */
  reason: string | null
  peerId: string | null
  /** When the two sides last agreed about a change, ISO, and from which side it came. */
  lastSyncedAt: string | null
  lastFrom: Side | null
  openConflicts: number
}

/** What a host has of one record. */
export interface SeenRecord {
  link: Link | null
  isMarked: boolean
  openConflicts: number
}

/** Pure: how one record is here, as a person wants to know it. */
export function judgeRecord(
  { link, isMarked, openConflicts }: SeenRecord,
  control: Pick<Control, "paused" | "breaker">,
  now: Date,
): OwnState {
  const { paused, breaker } = control
  const state = nameOf(link, isMarked, openConflicts)
  const waits = state === "waiting"
  const retries = link !== null && link.attempts > 0
  const heldBy = !waits
    ? null
    : isStill(control)
      ? "pause"
      : isOpen(breaker, now)
        ? "peer_away"
        : retries
          ? "retry"
          : null
  return {
    state,
    heldBy,
    reason: heldBy === "pause" ? (paused?.message ?? null) : (link?.reason ?? null),
    peerId: link?.peerId ?? null,
    lastSyncedAt: link?.lastSyncedAt ?? null,
    lastFrom: link?.syncSource === "medusa" || link?.syncSource === "directus" ? link.syncSource : null,
    openConflicts,
  }
}

export function nameOf(link: Link | null, isMarked: boolean, openConflicts: number): RecordStateName {
  if (link === null) return isMarked ? "waiting" : "unknown"
  if (link.state === "unlinked") return "left_alone"
  if (link.state === "quarantined") return "stopped"
  if (openConflicts > 0) return "conflict"
  if (isMarked || needsPush(link)) return "waiting"
  if (!isAlive(link)) return "archived"
  return link.peerId === null ? "waiting" : "synced"
}
