import type { RecordKind, RecordRow } from "./record-kind"
import { query, type Sql } from "../database/sql"

/** The records as the database holds them, deleted ones too. `real` and `jsonb` come as they are stored. */
export async function readRecords(
  sql: Sql,
  { select, shape }: Pick<RecordKind, "select" | "shape">,
  ids: string[],
): Promise<RecordRow[]> {
  if (ids.length === 0) return []
  const rows = await query<RecordRow>(sql, `${select("present")} where r.id = any(?) and r.deleted_at is null`, [ids])
  const found = new Set(rows.map(({ id }) => id))
  const others = ids.filter((id) => !found.has(id))
  if (others.length > 0) rows.push(...(await query<RecordRow>(sql, `${select("gone")} where r.id = any(?)`, [others])))
  return shape ? rows.map(shape) : rows
}
