import type { Standing } from "medusa-directus-core/host"
import type { JournalLine } from "./record-state"
import { query, type Sql } from "../database/sql"

/** What the tables say about one record. */
export interface RecordFacts {
  link: {
    standing: Standing
    heldBack: boolean
    attempts: number
    lastSyncedAt: Date | null
    syncSource: string | null
  } | null
  /** `runAt` is `null` while it waits for a person. */
  mark: { since: Date; runAt: Date | null } | null
  conflicts: ConflictFact[]
  journal: JournalLine[]
  journalCount: number
}

export interface ConflictFact {
  id: string
  entity: string
  local_id: string
  field: string
  kind: "concurrent" | "read_only" | "loop"
  losing_side: "medusa" | "directus"
  losing_value: unknown
  at: Date
  resolved_at: Date | null
}

const LINES = 20

export async function readRecordFacts(sql: Sql, entity: string, id: string): Promise<RecordFacts> {
  const of = [entity, id]
  const [[link], [mark], conflicts, journal, [lines]] = await Promise.all([
    query<NonNullable<RecordFacts["link"]>>(
      sql,
      `select standing, held_back as "heldBack", attempts, last_synced_at as "lastSyncedAt",
              sync_source as "syncSource" from directus_sync_link where entity = ? and local_id = ? and deleted_at is null`,
      of,
    ),
    query<NonNullable<RecordFacts["mark"]>>(
      sql,
      `select min(marked_at) as since, case when bool_or(logged) then now() else min(run_at) end as "runAt" from (
         select marked_at, run_at, false as logged from directus_sync_mark where entity = ? and local_id = ?
         union all select marked_at, marked_at, true from directus_sync_mark_log where entity = ? and local_id = ?) marks
       having count(*) > 0`,
      [...of, ...of],
    ),
    query<ConflictFact>(
      sql,
      `select id, entity, local_id, field, kind, losing_side, losing_value, at, resolved_at from directus_sync_conflict
       where entity = ? and local_id = ? and resolved_at is null and deleted_at is null order by at desc, id limit ?`,
      [...of, LINES],
    ),
    query<JournalLine>(
      sql,
      `select id, at, entity, local_id, direction, event, fields, reason from directus_sync_journal_entry
       where entity = ? and local_id = ? and deleted_at is null order by at desc, id desc limit ?`,
      [...of, LINES],
    ),
    query<{ count: number }>(
      sql,
      "select count(*)::int as count from directus_sync_journal_entry where entity = ? and local_id = ? and deleted_at is null",
      of,
    ),
  ])
  return { link: link ?? null, mark: mark ?? null, conflicts, journal, journalCount: lines?.count ?? 0 }
}
