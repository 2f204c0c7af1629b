import type { Knex } from "knex"
import { inBatches } from "./batches"
import type { Dialect } from "./dialect"

/** Half of a surrogate pair is no text for PostgreSQL; as a parameter it would be replaced as well. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value

/**
 * Inserts rows that all have the same columns. PostgreSQL gets them as one value: it takes longer to parse and bind thousands
 * of parameters than to store what they hold.
 *
 * @param key - a row that has these columns' values already is replaced; without it the insert fails.
 */
export async function insertRows(
  knex: Knex,
  dialect: Dialect,
  table: string,
  rows: Record<string, unknown>[],
  key: string[] = [],
): Promise<void> {
  for (const batch of inBatches(rows)) {
    if (dialect !== "pg") {
      const insert = knex(table).insert(batch)
      await (key.length > 0 ? insert.onConflict(key).merge() : insert)
      continue
    }
    const columns = Object.keys(batch[0] ?? {})
    const names = columns.map(() => "??").join(", ")
    const merge = `on conflict (${key.map(() => "??").join(", ")}) do update set ${columns.map(() => "?? = excluded.??").join(", ")}`
    await knex.raw(
      `insert into ?? (${names}) select ${names} from jsonb_populate_recordset(null::??, ?::jsonb) ${key.length > 0 ? merge : ""}`,
      [
        ...[table, ...columns, ...columns, table, JSON.stringify(batch, wellFormed)],
        ...(key.length > 0 ? [...key, ...columns.flatMap((column) => [column, column])] : []),
      ],
    )
  }
}
