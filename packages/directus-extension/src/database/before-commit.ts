import type { Knex } from "knex"

/** Statements that go to PostgreSQL together with a commit, without bindings and without question marks, which Knex takes for them. */
export interface Companions {
  statements: string[]
  /** One of them was refused: what they did is undone, and the transaction was committed without it. */
  failed(error: unknown): void
}

type Query = (connection: { query(text: string): Promise<unknown> }, asked: string) => Promise<unknown>

const SAVEPOINT = "medusa_sync_commit"

/**
 * Runs `work` as the last thing before the commit of a transaction; a rollback drops it. Knex has no event for that, so the
 * transaction's `commit` is wrapped.
 *
 * @param work - a rejection of it keeps the transaction from being committed. What it returns costs no round trip of its own.
 */
export function beforeCommit(transaction: Knex.Transaction, work: () => Promise<Companions | null>): void {
  const { commit } = transaction
  Object.assign(transaction, {
    commit: async (value?: unknown): Promise<unknown> => {
      // Committed by hand already: the connection may be somebody else's, and Knex refuses by itself.
      if (transaction.isCompleted()) return commit(value)
      const companions = await work()
      if (companions && !transaction.isCompleted()) sendWithNext(transaction.client as { query: Query }, companions)
      return commit(value)
    },
  })
}

/** The next thing that knex asks over the transaction's connection is the commit. */
function sendWithNext(client: { query: Query }, { statements, failed }: Companions): void {
  const { query } = client
  client.query = async (connection, asked) => {
    client.query = query
    const before = [`savepoint ${SAVEPOINT}`, ...statements, `release savepoint ${SAVEPOINT}`]
    try {
      return await query.call(client, connection, [...before, asked].join("; "))
    } catch (error) {
      // Past the savepoint it was the commit itself that failed, and this fails too.
      await connection.query(`rollback to savepoint ${SAVEPOINT}`).catch(() => {
        throw error
      })
      failed(error)
      return connection.query(asked)
    }
  }
}

/** The whole that a savepoint is a part of. */
export function outermost(transaction: Knex.Transaction): Knex.Transaction {
  const { parentTransaction } = transaction
  return parentTransaction ? outermost(parentTransaction) : transaction
}
