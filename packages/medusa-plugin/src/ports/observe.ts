import type { Observed, RecordCounts } from "medusa-directus-core/host"
import { problemOf, type Problem } from "medusa-directus-core/operate"
import type { CaptureSql } from "../capture/capture-sql"
import { captureState } from "../capture/install-capture"
import { query, type Sql } from "../database/sql"
import { STOPPED } from "./link-store"

/**
 * What Medusa's half counts and sees of itself.
 *
 * @param known - problems that are there as long as the process.
 */
export async function observe(sql: Sql, capture: CaptureSql, known: readonly Problem[]): Promise<Observed> {
  const { active, quarantined, unlinked, due, later, stopped, oldest_pending, conflicts } = await readCounts(sql)
  const records: RecordCounts = {
    active,
    quarantined,
    unlinked,
    pending: due + later,
    stopped,
    oldestAt: oldest_pending?.toISOString() ?? null,
    openConflicts: conflicts,
  }
  const missing = problemOf("medusa", "capture_missing")
  return { records, problems: [...((await captureState(sql, capture)) === "missing" ? [missing] : []), ...known] }
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

export async function readCounts(sql: Sql): Promise<Counts> {
  const [counts] = await query<Counts>(sql, COUNTS)
  if (!counts) throw new Error("PostgreSQL answered the counts without a row.")
  return counts
}

const COUNTS = `
  select l.*, m.*, (select count(*)::int from directus_sync_conflict where resolved_at is null and deleted_at is null) as conflicts
  from (select count(*) filter (where state = 'active')::int as active, count(*) filter (where ${STOPPED})::int as quarantined,
               count(*) filter (where state = 'unlinked')::int as unlinked from directus_sync_link) l,
       (select count(*) filter (where run_at <= now())::int as due, count(*) filter (where run_at > now())::int as later,
               count(*) filter (where run_at is null)::int as stopped, min(marked_at) as oldest,
               min(marked_at) filter (where run_at is not null and priority >= 0) as oldest_pending
        from (select entity, local_id, min(marked_at) as marked_at, min(run_at) as run_at, max(priority) as priority from (
                select entity, local_id, marked_at, run_at, priority from directus_sync_mark
                union all select entity, local_id, marked_at, marked_at, 0 from directus_sync_mark_log) a group by 1, 2) marks) m`
