import { dialectOf } from "../database/dialect"
import { appendMarks, statementsOfMarks } from "../items/append-marks"

const SAVEPOINT = "medusa_sync_mark"

/**
 * The same as `appendMarks`, in a savepoint: on PostgreSQL a failed statement would take the editor's transaction with it.
 * There all of it is one round trip.
 */
export async function appendMarksSafely(...[knex, ...marks]: Parameters<typeof appendMarks>): Promise<void> {
  if (dialectOf(knex) !== "pg" || !knex.isTransaction)
    return knex.transaction((savepoint) => appendMarks(savepoint, ...marks))
  try {
    const together = [`savepoint ${SAVEPOINT}`, ...statementsOfMarks(...marks), `release savepoint ${SAVEPOINT}`]
    await knex.raw(together.join("; "))
  } catch (error) {
    await knex.raw(`rollback to savepoint ${SAVEPOINT}; release savepoint ${SAVEPOINT}`)
    throw error
  }
}
