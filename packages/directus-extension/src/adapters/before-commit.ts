import type { Knex } from "knex"

/**
 * Runs `work` as the last thing before the commit of a transaction; a rollback drops it. Knex has no event for that, so the
 * transaction's `commit` is wrapped.
 *
 * @param work - a rejection of it keeps the transaction from being committed.
 */
export function beforeCommit(transaction: Knex.Transaction, work: () => Promise<void>): void {
  const { commit } = transaction
  Object.assign(transaction, {
    commit: async (value?: unknown): Promise<unknown> => {
      await work()
      return commit(value)
    },
  })
}

/** The whole that a savepoint is a part of. */
export function outermost(transaction: Knex.Transaction): Knex.Transaction {
  const { parentTransaction } = transaction
  return parentTransaction ? outermost(parentTransaction) : transaction
}
