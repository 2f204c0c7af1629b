import { clockAlert, type Breaker, type Control, type LinkState, type Pause } from "medusa-directus-core/host"
import type { CaptureSql } from "../capture/capture-sql"
import { captureState, type CaptureState } from "../capture/install-capture"
import type { Setup } from "../options/plugin-options"
import { readControl } from "../ports/control-store"
import { type Sql } from "../database/sql"
import { readLocales, type Locales } from "../records/translations/locales"
import { readCounts } from "../ports/observe"

/** What a person needs to see first. Times are UTC ISO. */
export interface SyncStatus {
  state: "running" | "paused" | "off"
  /** Why it is not running. */
  reason: string | null
  instance: string | null
  /** Where Directus is reached, without path and login. */
  directus: string | null
  /** The hash of the mapping: the same on both sides. */
  config: string | null
  epoch: string
  peerEpoch: string | null
  /** While all links are compared because a database was restored. */
  repair: Control["repair"]
  lastSuccessAt: string | null
  /** Directus's clock minus this host's, in milliseconds; `null` before the first answer. */
  clockOffsetMs: number | null
  /** What to do about the clocks; `null` while they agree. */
  clockAlert: string | null
  paused: Pause | null
  breaker: Breaker
  /** Records by what the sync does with them. */
  links: Record<LinkState, number>
  marks: {
    /** Changed records that are to be sent. */
    due: number
    /** Changed records that wait for their next try. */
    later: number
    /** Changed records that wait for a person. */
    stopped: number
    oldestAt: string | null
  }
  openConflicts: number
  /** Are the triggers there that record changes? */
  capture: CaptureState
  /** `null` while translations do not travel. */
  translations: Locales | null
}

export async function readStatus(sql: Sql, setup: Setup, capture: CaptureSql): Promise<SyncStatus> {
  const { epoch, peerEpoch, repair, lastSuccessAt, clockOffset, paused, breaker } = await readControl(sql)
  const counts = await readCounts(sql)
  return {
    state: setup.kind === "off" ? "off" : paused && !paused.accepted ? "paused" : "running",
    reason: setup.kind === "off" ? setup.reason : (paused?.message ?? null),
    instance: setup.kind === "on" ? setup.options.instance : null,
    directus: setup.kind === "on" ? new URL(setup.options.directusUrl).origin : null,
    config: setup.kind === "on" ? setup.options.config.hash : null,
    epoch,
    peerEpoch,
    repair,
    lastSuccessAt,
    clockOffsetMs: clockOffset,
    clockAlert: clockAlert(clockOffset),
    paused,
    breaker,
    links: { active: counts.active, quarantined: counts.quarantined, unlinked: counts.unlinked },
    marks: {
      due: counts.due,
      later: counts.later,
      stopped: counts.stopped,
      oldestAt: counts.oldest?.toISOString() ?? null,
    },
    openConflicts: counts.conflicts,
    capture: await captureState(sql, capture),
    translations: setup.kind === "on" ? await readLocales(sql, setup.options.config) : null,
  }
}
