import { clockAlert, type Breaker, type Control, type LinkState, type Pause } from "medusa-directus-core"
import type { CaptureSql } from "../modules/directus-sync/capture/capture-sql"
import { captureState, type CaptureState } from "../modules/directus-sync/capture/install-capture"
import type { Setup } from "../options"
import { readControl } from "./control-store"
import { query, type Sql } from "./sql"
import { readLocales, type Locales } from "./translations/locales"

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

export interface Counts {
  active: number
  quarantined: number
  unlinked: number
  due: number
  later: number
  stopped: number
  oldest: Date | null
  /** Without those of a backfill, and those that wait for a person. */
  oldest_pending: Date | null
  conflicts: number
}

const COUNTS = `
  select l.*, m.*, (select count(*)::int from directus_sync_conflict where resolved_at is null and deleted_at is null) as conflicts
  from (select count(*) filter (where state = 'active')::int as active, count(*) filter (where state = 'quarantined')::int as quarantined,
               count(*) filter (where state = 'unlinked')::int as unlinked from directus_sync_link) l,
       (select count(*) filter (where run_at <= now())::int as due, count(*) filter (where run_at > now())::int as later,
               count(*) filter (where run_at is null)::int as stopped, min(marked_at) as oldest,
               min(marked_at) filter (where run_at is not null and priority >= 0) as oldest_pending
        from (select entity, local_id, min(marked_at) as marked_at, min(run_at) as run_at, max(priority) as priority from (
                select entity, local_id, marked_at, run_at, priority from directus_sync_mark
                union all select entity, local_id, marked_at, marked_at, 0 from directus_sync_mark_log) a group by 1, 2) marks) m`

export async function readCounts(sql: Sql): Promise<Counts> {
  const [counts] = await query<Counts>(sql, COUNTS)
  if (!counts) throw new Error("PostgreSQL answered the counts without a row.")
  return counts
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
