import { randomUUID } from "node:crypto"
import {
  COUNTED_EVENTS,
  type ConflictStore,
  type CountedLine,
  type HostTransaction,
  type JournalEntry,
  type OpenConflict,
  type StoredConflict,
} from "medusa-directus-core/host"
import { query, type Sql, type Transaction } from "../database/sql"

const STORED = `id, entity, local_id as "localId", peer_id as "peerId", field, kind, losing_side as "losingSide",
  losing_value as "losingValue", winning_fingerprint as "winningFingerprint", at, resolved_at as "resolvedAt"`

type ConflictRow = Omit<StoredConflict, "at" | "resolvedAt"> & { at: Date; resolvedAt: Date | null }

const storedFrom = (row: ConflictRow): StoredConflict => ({
  ...row,
  at: row.at.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
})

/** The inbox: values that lost, kept for a person. */
export function makeConflictStore(sql: Transaction): ConflictStore {
  return {
    async add(conflicts) {
      if (conflicts.length === 0) return
      await query(
        sql,
        `insert into directus_sync_conflict (id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at)
         select r."id", r."entity", r."localId", r."peerId", r."field", r."kind", r."losingSide", r."losingValue", r."winningFingerprint", r."at"
         from jsonb_to_recordset(?::jsonb) as r("id" text, "entity" text, "localId" text, "peerId" text, "field" text, "kind" text,
           "losingSide" text, "losingValue" jsonb, "winningFingerprint" text, "at" timestamptz)
         on conflict (id) do nothing`,
        [JSON.stringify(conflicts)],
      )
    },
    async lock(ids) {
      if (ids.length === 0) return []
      const rows = await query<ConflictRow>(
        sql,
        `select ${STORED} from directus_sync_conflict where id = any(?) and deleted_at is null order by id for update`,
        [ids],
      )
      return rows.map(storedFrom)
    },
    async resolve(ids, at) {
      if (ids.length === 0) return
      await query(
        sql,
        "update directus_sync_conflict set resolved_at = ?, updated_at = now() where id = any(?) and resolved_at is null",
        [at, ids],
      )
    },
    async untold(limit) {
      const rows = await query<{ id: string }>(
        sql,
        "select id from directus_sync_conflict where resolved_at is not null and not told and deleted_at is null order by id limit ?",
        [limit],
      )
      return rows.map(({ id }) => id)
    },
    async told(ids) {
      if (ids.length === 0) return
      await query(sql, "update directus_sync_conflict set told = true where id = any(?)", [ids])
    },
    async openOf(entity, localIds) {
      if (localIds.length === 0) return []
      return query<OpenConflict>(
        sql,
        `select local_id as "localId", field, losing_side as "losingSide" from directus_sync_conflict
         where entity = ? and local_id = any(?) and resolved_at is null and deleted_at is null order by at desc, id`,
        [entity, localIds],
      )
    },
    async newest(limit) {
      const rows = await query<ConflictRow>(
        sql,
        `select ${STORED} from directus_sync_conflict where resolved_at is null and deleted_at is null order by at desc, id limit ?`,
        [limit],
      )
      return rows.map(storedFrom)
    },
  }
}

/** What happened to each record, for people to read. */
export function makeJournal(sql: Transaction): Pick<HostTransaction, "addJournal" | "countedLines"> {
  return {
    async addJournal(entries: JournalEntry[]) {
      if (entries.length === 0) return
      await query(
        sql,
        `insert into directus_sync_journal_entry (id, at, entity, local_id, direction, event, fields, reason, sync_id)
         select r."id", r."at", r."entity", r."localId", r."direction", r."event", array(select jsonb_array_elements_text(r."fields")), r."reason", r."syncId"
         from jsonb_to_recordset(?::jsonb) as r("id" text, "at" timestamptz, "entity" text, "localId" text, "direction" text, "event" text,
           "fields" jsonb, "reason" text, "syncId" text)`,
        [JSON.stringify(entries.map((entry) => ({ ...entry, id: `dsj_${randomUUID()}` })))],
      )
    },
    countedLines: (entity, since) =>
      query<CountedLine>(
        sql,
        `select local_id as "localId", event from directus_sync_journal_entry
         where at > ? and entity = ? and direction = 'out' and event = any(?) order by at, created_at`,
        [since, entity, COUNTED_EVENTS],
      ),
  }
}

/** Removes what happened, and what was decided, longer ago than `days`. */
export async function pruneHistory(sql: Sql, days: number): Promise<void> {
  await query(sql, "delete from directus_sync_journal_entry where at < now() - make_interval(days => ?)", [days])
  await query(sql, "delete from directus_sync_conflict where told and resolved_at < now() - make_interval(days => ?)", [
    days,
  ])
}
