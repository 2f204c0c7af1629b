import { notUnique, refusedBehind, toDocument, type DocumentStore, type HostRow } from "medusa-directus-core/host"
import { findTaken } from "../records/unique-values"
import { heldBy, questionsOf } from "../database/key-condition"
import { readPage } from "./read-page"
import { readRecords } from "../records/read-records"
import type { KindTools } from "../records/record-kind"
import type { KnownKind } from "../records/record-kinds"
import type { RecordRules } from "../records/record-rules"
import { query } from "../database/sql"
import { writeRecords } from "../records/write-records"

export interface DocumentStoreParts extends KindTools {
  kinds: (name: string) => KnownKind
  rules: RecordRules
}

const ABSENT: HostRow = { present: false, fields: null }

/** Medusa's own records as one transaction sees them: read by SQL, past every cache; written by Medusa's modules. */
export function makeDocumentStore({ kinds, rules, ...tools }: DocumentStoreParts): DocumentStore {
  const { sql } = tools
  return {
    async count(name) {
      const [row] = await query<{ n: number }>(
        sql,
        `select count(*)::int as n from "${kinds(name).kind.table}" where deleted_at is null`,
      )
      return row?.n ?? 0
    },
    page: (name, after, limit) => readPage(sql, kinds(name), after, limit),
    async lock(name, localIds) {
      if (localIds.length === 0) return
      await query(sql, `select id from "${kinds(name).kind.table}" where id = any(?) order by id for update`, [
        localIds,
      ])
    },
    async read(name, localIds) {
      const { entity, kind } = kinds(name)
      const rows = new Map<string, HostRow>(localIds.map((id) => [id, ABSENT]))
      for (const row of await readRecords(sql, kind, localIds)) {
        if (!rules.admits(entity, row)) continue
        const fields = toDocument(entity, "medusa", rules.complete(entity, row))
        rows.set(row.id, { present: row.deleted_at === null, fields })
      }
      return rows
    },
    async present(name, localIds) {
      if (localIds.length === 0) return new Set()
      const { entity, kind } = kinds(name)
      if (!rules.mayRefuse(entity)) {
        const text = `select id from "${kind.table}" where id = any(?) and deleted_at is null`
        return new Set((await query<{ id: string }>(sql, text, [localIds])).map(({ id }) => id))
      }
      const rows = await readRecords(sql, kind, localIds)
      return new Set(rows.filter((row) => row.deleted_at === null && rules.admits(entity, row)).map(({ id }) => id))
    },
    async findByKeys(name, keys) {
      const { entity, kind } = kinds(name)
      const found = keys.map((): string[] => [])
      for (const { text, bindings, places } of questionsOf(entity, keys, kind.select("present"))) {
        for (const { id, held } of await query<{ id: string; held: string[] }>(sql, text, bindings))
          for (const place of places.get(heldBy(held)) ?? []) found[place]?.push(id)
      }
      if (!rules.mayRefuse(entity)) return found
      const rows = await readRecords(sql, kind, found.flat())
      const admitted = new Set(rows.filter((row) => rules.admits(entity, row)).map(({ id }) => id))
      return found.map((ids) => ids.filter((id) => admitted.has(id)))
    },
    async write(name, writes) {
      if (writes.length === 0) return []
      return writeRecords(tools, kinds(name), writes)
    },
    async taken(name, writes) {
      if (writes.length === 0) return []
      const { entity, kind } = kinds(name)
      return findTaken(tools, entity, kind, writes)
    },
    async refusals(name, documents) {
      const { entity, kind } = kinds(name)
      const writes = documents.map((fields) => ({ kind: "create", localId: null, peerId: "", fields }) as const)
      const taken = await findTaken(tools, entity, kind, writes)
      const stored = taken.map(([first]) => (first ? notUnique(first.column, first.by).message : null))
      const unique = [...entity.fields.values()].flatMap(({ name: field, medusa: column }) =>
        column !== null && kind.unique.includes(column) ? [{ field, column }] : [],
      )
      return refusedBehind(name, documents, stored, unique)
    },
    // Medusa has no column of ours for the peer's id (external_id is the shop's); the link holds it.
    showPeer: () => Promise.resolve(),
  }
}
