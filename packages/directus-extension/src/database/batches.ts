/** SQLite takes at most 500 rows in one insert (knex joins them by UNION ALL). */
const SIZE = 100

export function* inBatches<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += SIZE) yield items.slice(at, at + SIZE)
}
