import type { Knex } from "knex"
import type { IdPage } from "medusa-directus-core/host"
import { localIdOf } from "../items/item-ids"
import type { Reader } from "../items/read-rows"
import type { StoredKind } from "../items/stored-kinds"

type Key = string | number
type Place = [key: Key, whole: Key | null]

/**
 * See DocumentStore.page. Keys alone would mix the parts of all wholes: UUIDs have no order. A place names both, so that
 * it stands when its row is deleted; rows without a whole come last.
 */
export async function readPage(
  { knex, dialect, kinds }: Pick<Reader, "knex" | "dialect" | "kinds">,
  { entity, stored }: StoredKind,
  after: string | null,
  limit: number,
): Promise<IdPage> {
  const { primaryKey, keyType } = stored
  const whole = kinds.wholeOf(entity.name)?.path ?? null
  const query = knex(stored.name)
    .limit(limit)
    .select<Record<string, Key | null>[]>(whole === null ? [primaryKey] : [primaryKey, whole])
  const place = after === null ? null : (JSON.parse(after) as Place)
  if (place) void query.where((behind) => void rowsBehind(behind, primaryKey, whole, place))
  if (whole !== null) void query.orderByRaw("?? asc nulls last", [whole])
  const rows = await query.orderBy(primaryKey)
  const last = rows.length < limit ? undefined : rows.at(-1)
  return {
    ids: rows.map((row) => localIdOf(keyType, dialect, row[primaryKey])),
    next: last ? JSON.stringify([last[primaryKey], whole === null ? null : last[whole]]) : null,
  }
}

function rowsBehind(rows: Knex.QueryBuilder, primaryKey: string, whole: string | null, [key, of]: Place): void {
  if (whole === null) void rows.where(primaryKey, ">", key)
  else if (of === null) void rows.whereNull(whole).andWhere(primaryKey, ">", key)
  else {
    const siblings = (same: Knex.QueryBuilder) => void same.where(whole, of).andWhere(primaryKey, ">", key)
    void rows.where(whole, ">", of).orWhere(siblings).orWhereNull(whole)
  }
}
