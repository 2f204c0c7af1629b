import { listed } from "../document/names.ts"
import type { Side } from "../document/value.ts"
import type { Rest } from "../family/parts.ts"
import { isUnreleased } from "../record/release.ts"
import { isOpen } from "../guard/breaker.ts"
import { isStill } from "../guard/pause.ts"
import { isAlive, needsPush, type Link } from "../link/link.ts"
import type { Control } from "../control.ts"
import type { RecordStateName } from "../operate/states.ts"

/** What this side knows of a record by itself. */
export interface OwnState {
  state: RecordStateName
  /**
   * What keeps it here; `null` = nothing does. `other_record`: one that the peer does not have, so that nothing makes it
   * due by itself, and it is stopped. `new_place`: the peer was not asked yet for what it has there.
   */
  heldBy: "pause" | "peer_away" | "retry" | "other_record" | "new_place" | null
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
  /** It is among those that wait for a person; see `LinkStore.stopped`. */
  isStopped: boolean
  openConflicts: number
  /** Places whose values both sides have not agreed on yet; see `placesToAsk`. */
  apart: readonly { place: string; isAsked: boolean }[]
  /** It is a part of a record with which it rests; see `restingWholes`. */
  rests: Rest | null
}

/** Places of one record that are named. */
const NAMED = 20
/** What the engine says before names of fields. */
const UNCOMPARED = "not compared with the other side yet"

/** Pure: how one record is here, as a person wants to know it. */
export function judgeRecord(seen: SeenRecord, control: Pick<Control, "paused" | "breaker">, now: Date): OwnState {
  const { paused, breaker } = control
  const { link, openConflicts, apart } = seen
  const state = nameOf(seen)
  const waits = state === "waiting"
  const retries = link !== null && link.attempts > 0
  const needs = state === "stopped" && link?.state === "active"
  const heldBy = !waits
    ? needs
      ? "other_record"
      : null
    : isStill(control)
      ? "pause"
      : isOpen(breaker, now)
        ? "peer_away"
        : retries
          ? "retry"
          : apart.some(({ isAsked }) => !isAsked)
            ? "new_place"
            : null
  const uncompared =
    waits && apart.length > 0 ? `${UNCOMPARED}: ${listed(apart.slice(0, NAMED).map(({ place }) => place))}` : null
  return {
    state,
    heldBy,
    reason: heldBy === "pause" ? (paused?.message ?? null) : (link?.reason ?? uncompared),
    peerId: link?.peerId ?? null,
    lastSyncedAt: link?.lastSyncedAt ?? null,
    lastFrom: link?.syncSource === "medusa" || link?.syncSource === "directus" ? link.syncSource : null,
    openConflicts,
  }
}

export function nameOf({ link, isMarked, isStopped, openConflicts, rests, apart }: SeenRecord): RecordStateName {
  if (link === null) return isMarked ? "waiting" : "unknown"
  if (link.state === "unlinked" || rests === "left_alone") return "left_alone"
  if (isStopped) return "stopped"
  if (openConflicts > 0) return "conflict"
  if (isMarked || (needsPush(link) && rests === null)) return "waiting"
  if (!isAlive(link) || rests === "kept") return "archived"
  if (link.peerId === null || apart.length > 0) return "waiting"
  return isUnreleased(link) ? "unreleased" : "synced"
}
