import type { Knex } from "knex"
import { TABLES } from "../database/tables"

/** Links of records that were refused, and of those that wait for another one and whose mark nothing makes due by itself. */
export const stoppedLinks = (database: Knex): Knex.QueryBuilder => {
  const held = database(TABLES.dirty)
    .whereNull("run_at")
    .whereRaw("??.entity = ??.entity and ??.local_id = ??.local_id", [
      TABLES.dirty,
      TABLES.link,
      TABLES.dirty,
      TABLES.link,
    ])
    .select(database.raw("1"))
  return database(TABLES.link).where(
    (stopped) =>
      void stopped
        .where({ state: "quarantined" })
        .orWhere((waits) => void waits.where({ state: "active", held_back: true }).whereExists(held)),
  )
}
