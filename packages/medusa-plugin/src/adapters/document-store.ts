import {
  fromDocument,
  SyncError,
  toDocument,
  type DocumentStore,
  type EntityDefinition,
  type HostRow,
  type SyncConfig,
} from "medusa-directus-core"
import { recordKinds } from "./record-kinds"
import type { KindTools, RecordKind } from "./record-kind"
import { query } from "./sql"

/** Medusa's own records as one transaction sees them: read by SQL, past every cache; written by Medusa's modules. */
export function makeDocumentStore({ config, ...tools }: KindTools & { config: SyncConfig }): DocumentStore {
  const { sql } = tools

  const kindOf = (name: string): { entity: EntityDefinition; kind: RecordKind } => {
    const entity = config.entities.get(name)
    const kind = recordKinds[name]
    if (!entity || !kind) throw new SyncError("internal", `Medusa's half of the sync does not know the kind "${name}".`)
    return { entity, kind }
  }

  return {
    async lock(name, localIds) {
      if (localIds.length === 0) return
      await query(sql, `select id from "${kindOf(name).kind.table}" where id = any(?) order by id for update`, [
        localIds,
      ])
    },
    async read(name, localIds) {
      const { entity, kind } = kindOf(name)
      const rows = new Map<string, HostRow>(localIds.map((id) => [id, { present: false, fields: null }]))
      if (localIds.length === 0) return rows
      // Every column: which of them are mapped is configuration. `real` and `jsonb` come as the database holds them.
      const found = await query<Record<string, unknown> & { id: string; deleted_at: Date | null }>(
        sql,
        `select * from "${kind.table}" where id = any(?)`,
        [localIds],
      )
      for (const row of found)
        rows.set(row.id, { present: row.deleted_at === null, fields: toDocument(entity, "medusa", row) })
      return rows
    },
    async findByKey(name, key) {
      const { entity, kind } = kindOf(name)
      const path = entity.fields.get(key.field)?.medusa.split(".")
      const column = path?.shift()
      if (column === undefined || !path) return []
      const value = [column, ...path].reduce<unknown>(
        (at, part) => (at as Record<string, unknown> | undefined)?.[part],
        fromDocument(entity, "medusa", { [key.field]: key.value }),
      )
      const found = await query<{ id: string }>(
        sql,
        path.length === 0
          ? `select id from "${kind.table}" where deleted_at is null and ??::text = ? order by id limit 3`
          : `select id from "${kind.table}" where deleted_at is null and ?? #>> ? = ? order by id limit 3`,
        path.length === 0 ? [column, value] : [column, path, value],
      )
      return found.map(({ id }) => id)
    },
    async write(name, writes) {
      const { entity, kind } = kindOf(name)
      return kind.write(tools, entity, writes)
    },
    // Medusa has no column of ours for the peer's id (external_id is the shop's); the link holds it.
    showPeer: () => Promise.resolve(),
  }
}
