import type { Knex } from "knex"

type Work = () => Promise<void>

/** Of a transaction that still is open: what waits for its end. */
const waiting = new WeakMap<object, Work[]>()
const ending = new WeakSet<object>()

/**
 * Runs `work` as the last thing before the commit of the whole transaction; a rollback drops it. Knex has no event for that,
 * so its transaction's `commit` is wrapped once.
 *
 * @param work - a rejection of it keeps the transaction from being committed.
 * @returns false: no transaction is open, or it is ending already.
 */
export function beforeCommit(knex: Knex, work: Work): boolean {
  if (!knex.isTransaction) return false
  const whole = outermost(knex as Knex.Transaction)
  if (ending.has(whole) || whole.isCompleted()) return false
  const others = waiting.get(whole)
  if (others) others.push(work)
  else {
    waiting.set(whole, [work])
    const commit = whole.commit
    const commitLast = async (value?: unknown): Promise<unknown> => {
      ending.add(whole)
      for (const each of waiting.get(whole) ?? []) await each()
      waiting.delete(whole)
      return commit(value)
    }
    Object.assign(whole, { commit: commitLast })
  }
  return true
}

/** What a savepoint has undone may be marked all the same, so all of it waits in one place. */
export function outermost(transaction: Knex.Transaction): Knex.Transaction {
  const { parentTransaction } = transaction
  return parentTransaction ? outermost(parentTransaction) : transaction
}
