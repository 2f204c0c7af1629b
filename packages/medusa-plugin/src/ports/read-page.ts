import type { IdPage } from "medusa-directus-core/host"
import type { KnownKind } from "../records/record-kinds"
import { query, type Sql } from "../database/sql"

type Place = [id: string, whole: string | null]

/**
 * See DocumentStore.page. The ids of what is made together have no order in it, so ids alone would mix the parts of many
 * wholes. A place names both, so that it stands when its row is deleted; rows without a whole come last.
 */
export async function readPage(
  sql: Sql,
  { entity, kind }: KnownKind,
  after: string | null,
  limit: number,
): Promise<IdPage> {
  const column = entity.parent === null ? undefined : entity.fields.get(entity.parent)?.medusa
  const whole = column ? `"${column}"` : "null"
  const place = after === null ? null : (JSON.parse(after) as Place)
  const [behind, bindings] = place ? rowsBehind(whole, place) : ["true", []]
  const rows = await query<{ id: string; whole: string | null }>(
    sql,
    `select id, ${whole} as whole from "${kind.table}" where deleted_at is null and ${behind} order by whole, id limit ?`,
    [...bindings, limit],
  )
  const last = rows.length < limit ? undefined : rows.at(-1)
  return { ids: rows.map(({ id }) => id), next: last ? JSON.stringify([last.id, last.whole]) : null }
}

const rowsBehind = (whole: string, [id, of]: Place): [condition: string, bindings: string[]] =>
  of === null ? [`${whole} is null and id > ?`, [id]] : [`((${whole}, id) > (?, ?) or ${whole} is null)`, [of, id]]
