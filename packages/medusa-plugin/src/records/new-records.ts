import type { SweepOptions } from "medusa-directus-core/host"
import type { KnownKind } from "./record-kinds"
import { query, type Connection } from "../database/sql"

/**
 * Of records without a link: those that were made since this plugin was installed. Those that were there before wait for a
 * backfill, and so do records of a table without `created_at`.
 */
export const newAmong =
  (connection: Connection, kinds: (name: string) => KnownKind): SweepOptions["newAmong"] =>
  async (name, localIds) => {
    const rows = await query<{ id: string }>(
      connection,
      `select r.id from "${kinds(name).kind.table}" r, directus_sync_control c
       where r.id = any(?) and (to_jsonb(r) ->> 'created_at')::timestamptz > c.since`,
      [localIds],
    )
    return rows.map(({ id }) => id)
  }
