import type { Knex } from "knex"
import {
  COUNTED_EVENTS,
  type Conflict,
  type ConflictStore,
  type CountedLine,
  type JournalEntry,
  type OpenConflict,
  type StoredConflict,
} from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { inBatches } from "../database/batches"
import { lockRows, type Dialect } from "../database/dialect"
import { insertRows } from "../database/insert-rows"

type Row = Record<string, unknown>

const conflictFrom = (row: Row): StoredConflict => ({
  id: String(row["id"]),
  entity: String(row["entity"]),
  localId: String(row["local_id"]),
  peerId: String(row["peer_id"]),
  field: String(row["field"]),
  kind: row["kind"] as Conflict["kind"],
  losingSide: row["losing_side"] as Conflict["losingSide"],
  losingValue: JSON.parse(String(row["losing_value"])) as Conflict["losingValue"],
  winningFingerprint: String(row["winning_fingerprint"]),
  at: String(row["at"]),
  resolvedAt: row["resolved_at"] === null ? null : String(row["resolved_at"]),
})

const NEWEST_FIRST = [{ column: "at", order: "desc" }, { column: "id" }]

/** The inbox: values that lost, kept for a person. */
export function makeConflictStore(knex: Knex, dialect: Dialect): ConflictStore {
  return {
    async add(conflicts) {
      for (const batch of inBatches(conflicts)) {
        const rows = batch.map((conflict) => ({
          id: conflict.id,
          entity: conflict.entity,
          local_id: conflict.localId,
          peer_id: conflict.peerId,
          field: conflict.field,
          kind: conflict.kind,
          losing_side: conflict.losingSide,
          losing_value: JSON.stringify(conflict.losingValue),
          winning_fingerprint: conflict.winningFingerprint,
          at: conflict.at,
        }))
        await knex(TABLES.conflict).insert(rows).onConflict("id").ignore()
      }
    },
    async lock(ids) {
      const found: StoredConflict[] = []
      for (const batch of inBatches(ids)) {
        const query = knex(TABLES.conflict).whereIn("id", batch).orderBy("id").select<Row[]>("*")
        found.push(...(await lockRows(query, dialect)).map(conflictFrom))
      }
      return found
    },
    async resolve(ids, at) {
      for (const batch of inBatches(ids))
        await knex(TABLES.conflict).whereIn("id", batch).whereNull("resolved_at").update({ resolved_at: at })
    },
    untold: (limit) =>
      knex(TABLES.conflict).whereNotNull("resolved_at").where({ told: false }).orderBy("id").limit(limit).pluck("id"),
    async told(ids) {
      for (const batch of inBatches(ids)) await knex(TABLES.conflict).whereIn("id", batch).update({ told: true })
    },
    async openOf(entity, localIds) {
      const open: OpenConflict[] = []
      for (const batch of inBatches(localIds)) {
        const query = knex(TABLES.conflict).where({ entity }).whereIn("local_id", batch).whereNull("resolved_at")
        const columns = ["local_id as localId", "field", "losing_side as losingSide"]
        open.push(...(await query.orderBy(NEWEST_FIRST).select<OpenConflict[]>(columns)))
      }
      return open
    },
    async newest(limit) {
      const query = knex(TABLES.conflict).whereNull("resolved_at").orderBy(NEWEST_FIRST).limit(limit)
      return (await query.select<Row[]>("*")).map(conflictFrom)
    },
  }
}

export const addJournal = (knex: Knex, dialect: Dialect, entries: JournalEntry[]): Promise<void> =>
  insertRows(
    knex,
    dialect,
    TABLES.journal,
    entries.map((entry) => ({
      at: entry.at,
      entity: entry.entity,
      local_id: entry.localId,
      direction: entry.direction,
      event: entry.event,
      fields: JSON.stringify(entry.fields),
      reason: entry.reason,
      sync_id: entry.syncId,
    })),
  )

export interface Page {
  /** From 1. */
  page: number
  limit: number
}

const countOf = async (query: Knex.QueryBuilder): Promise<number> =>
  Number(((await query.count({ n: "*" })) as { n: string | number }[])[0]?.n ?? 0)

/** Which conflicts are asked for; of all kinds and items where none is named. */
export interface ConflictFilter {
  resolved: boolean
  entity?: string | undefined
  localId?: string | undefined
}

/** Newest first. */
export async function listConflicts(
  knex: Knex,
  { page, limit }: Page,
  { resolved, entity, localId }: ConflictFilter,
): Promise<{ total: number; conflicts: StoredConflict[] }> {
  const all = () => {
    const query = resolved
      ? knex(TABLES.conflict).whereNotNull("resolved_at")
      : knex(TABLES.conflict).whereNull("resolved_at")
    if (entity !== undefined) void query.where({ entity })
    if (localId !== undefined) void query.where({ local_id: localId })
    return query
  }
  const rows = await all()
    .orderBy(NEWEST_FIRST)
    .limit(limit)
    .offset((page - 1) * limit)
    .select<Row[]>("*")
  const conflicts = rows.map(conflictFrom)
  return { total: await countOf(all()), conflicts }
}

export async function readConflict(knex: Knex, id: string): Promise<StoredConflict | null> {
  const row = await knex<Row>(TABLES.conflict).where({ id }).first<Row | undefined>()
  return row ? conflictFrom(row) : null
}

/** What the guard against mass deletes counts by. */
export async function countedLines(knex: Knex, entity: string, since: Date): Promise<CountedLine[]> {
  return knex(TABLES.journal)
    .where("at", ">", since.toISOString())
    .where({ entity, direction: "out" })
    .whereIn("event", COUNTED_EVENTS)
    .orderBy("id")
    .select<CountedLine[]>("local_id as localId", "event")
}

/** What happened to one record, newest first. */
export async function listJournal(
  knex: Knex,
  entity: string,
  localId: string,
  { page, limit }: Page,
): Promise<{ total: number; entries: JournalEntry[] }> {
  const all = () => knex(TABLES.journal).where({ entity, local_id: localId })
  const rows = await all()
    .orderBy("id", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .select<Row[]>("*")
  const entries = rows.map((row) => ({
    at: String(row["at"]),
    entity: String(row["entity"]),
    localId: String(row["local_id"]),
    direction: row["direction"] as JournalEntry["direction"],
    event: String(row["event"]),
    fields: JSON.parse(String(row["fields"])) as string[],
    reason: row["reason"] === null ? null : String(row["reason"]),
    syncId: String(row["sync_id"]),
  }))
  return { total: await countOf(all()), entries }
}
