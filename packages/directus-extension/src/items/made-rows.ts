import type { Knex } from "knex"
import { claim } from "../own-write"
import type { OwnWrite } from "../shared-state"
import type { Dialect } from "../database/dialect"
import { localIdOf } from "./item-ids"
import { readJunction } from "./junction-rows"
import type { StoredCollection } from "./stored-collection"
import type { Junction } from "./stored-relations"

/** After the write: the records that got such a row from somebody else, in the same transaction. */
export type MadeByOthers = (localIds: readonly string[]) => Promise<string[]>

/**
 * Expects rows of a junction whose keys the database makes: until they are there nobody can tell which are ours.
 *
 * @param made - what ours have in `there`.
 */
export function expectRows(
  knex: Knex,
  dialect: Dialect,
  own: OwnWrite,
  stored: StoredCollection,
  junction: Junction,
  made: ReadonlySet<string>,
): MadeByOthers {
  const keys: string[] = []
  own.creating.set(junction.name, keys)
  return async (localIds) => {
    own.creating.delete(junction.name)
    claim(own, junction.name, keys)
    const rows = await readJunction(knex, junction, junction.primaryKey, keys)
    return rows.flatMap((row) => {
      if (row.here === null) return []
      const here = localIdOf(stored.keyType, dialect, row.here)
      const there = localIdOf(junction.thereType, dialect, row.there)
      return localIds.includes(here) && made.has(there) ? [] : [here]
    })
  }
}

export const madeByAny =
  (others: readonly MadeByOthers[]): MadeByOthers =>
  async (localIds) => {
    const touched: string[] = []
    for (const other of others) touched.push(...(await other(localIds)))
    return touched
  }
