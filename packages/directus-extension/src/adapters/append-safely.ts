import { dialectOf } from "./dialect"
import { appendMarks, insertsOfMarks } from "./mark-store"

const SAVEPOINT = "medusa_sync_mark"

/**
 * The same as `appendMarks`, in a savepoint: on PostgreSQL a failed statement would take the editor's transaction with it.
 * There all of it is one round trip.
 */
export async function appendMarksSafely(...[knex, ...marks]: Parameters<typeof appendMarks>): Promise<void> {
  if (dialectOf(knex) !== "pg" || !knex.isTransaction)
    return knex.transaction((savepoint) => appendMarks(savepoint, ...marks))
  const inserts = insertsOfMarks(knex, ...marks).map((insert) => insert.toQuery())
  try {
    // Several statements go without bindings, and what looks like the place of one has to be told apart.
    const together = [`savepoint ${SAVEPOINT}`, ...inserts, `release savepoint ${SAVEPOINT}`].join("; ")
    await knex.raw(together.replaceAll("?", "\\?"))
  } catch (error) {
    await knex.raw(`rollback to savepoint ${SAVEPOINT}; release savepoint ${SAVEPOINT}`)
    throw error
  }
}
