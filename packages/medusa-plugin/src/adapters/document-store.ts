import { toDocument, type DocumentStore, type HostRow } from "medusa-directus-core"
import { findTaken } from "./check-unique"
import { conditionOf } from "./key-condition"
import { readRecords } from "./read-records"
import type { KindTools } from "./record-kind"
import type { KnownKind } from "./record-kinds"
import type { RecordRules } from "./record-rules"
import { newRecord } from "./record-patches"
import { query } from "./sql"
import { writeRecords } from "./write-records"

export interface DocumentStoreParts extends KindTools {
  kinds: (name: string) => KnownKind
  rules: RecordRules
  /** Does capture leave out what this transaction writes? */
  own: boolean
}

/** How many records may hold one key: more than the engine names as candidates. */
const CANDIDATES = 20

const ABSENT: HostRow = { present: false, fields: null }

/** Medusa's own records as one transaction sees them: read by SQL, past every cache; written by Medusa's modules. */
export function makeDocumentStore({ kinds, rules, own, ...tools }: DocumentStoreParts): DocumentStore {
  const { sql } = tools
  return {
    async count(name) {
      const [row] = await query<{ n: number }>(
        sql,
        `select count(*)::int as n from "${kinds(name).kind.table}" where deleted_at is null`,
      )
      return row?.n ?? 0
    },
    async page(name, after, limit) {
      const rows = await query<{ id: string }>(
        sql,
        `select id from "${kinds(name).kind.table}" where deleted_at is null and id > ? order by id limit ?`,
        [after ?? "", limit],
      )
      return rows.map(({ id }) => id)
    },
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
    async findByKeys(name, keys) {
      const { entity, kind } = kinds(name)
      const records = kind.select("present")
      // One statement for all of them: as many questions would take longer than all the writing.
      const branches = keys.flatMap((key, n): [text: string, bindings: unknown[]][] => {
        const condition = conditionOf(entity, key)
        if (!condition) return []
        const [where, bindings] = condition
        return [
          [
            `(select ${String(n)} as n, id from (${records}) records where deleted_at is null and ${where} order by id limit ${String(CANDIDATES)})`,
            bindings,
          ],
        ]
      })
      if (branches.length === 0) return keys.map(() => [])
      const found = await query<{ n: number; id: string }>(
        sql,
        branches.map(([text]) => text).join(" union all "),
        branches.flatMap(([, bindings]) => bindings),
      )
      const ids = found.map(({ id }) => id)
      const admitted = rules.mayRefuse(entity)
        ? new Set((await readRecords(sql, kind, ids)).filter((row) => rules.admits(entity, row)).map(({ id }) => id))
        : new Set(ids)
      return keys.map((_, n) => found.filter((row) => row.n === n && admitted.has(row.id)).map(({ id }) => id))
    },
    async write(name, writes) {
      if (writes.length === 0) return []
      return writeRecords(tools, kinds(name), writes, own)
    },
    async refusals(name, documents) {
      const { entity, kind } = kinds(name)
      const records = documents.map((fields) => newRecord(entity, fields, null))
      const taken = await findTaken(tools, name, kind, records)
      return records.map((record) => taken.get(record) ?? null)
    },
    // Medusa has no column of ours for the peer's id (external_id is the shop's); the link holds it.
    showPeer: () => Promise.resolve(),
  }
}
