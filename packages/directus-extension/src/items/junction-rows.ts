import type { Knex } from "knex"
import { inBatches } from "../database/batches"
import type { Junction } from "./stored-relations"

export interface JunctionRow {
  key: string | number
  /** The record that has the many-to-many field, and the other one; `null` in a row that was taken off one of them. */
  here: string | number | null
  there: string | number | null
}

/** The junction's rows whose `column` is one of these keys. */
export async function readJunction(
  knex: Knex,
  { name, primaryKey, here, there }: Junction,
  column: string,
  keys: readonly (string | number)[],
): Promise<JunctionRow[]> {
  const rows: JunctionRow[] = []
  for (const batch of inBatches(keys)) {
    rows.push(
      ...((await knex(name)
        .whereIn(column, batch)
        .orderBy(primaryKey)
        .select({ key: primaryKey, here, there })) as JunctionRow[]),
    )
  }
  return rows
}
