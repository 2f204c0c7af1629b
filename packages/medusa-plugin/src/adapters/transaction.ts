import { randomUUID } from "node:crypto"
import type { HostPorts, HostTransaction, Logger } from "medusa-directus-core"
import { makeDocumentStore, type DocumentStoreParts } from "./document-store"
import { makeConflictStore, makeJournal } from "./history-store"
import { asSyncError } from "./host-errors"
import type { HostModules } from "./host-modules"
import { makeLinkStore } from "./link-store"
import { retryLostRaces } from "./lost-races"
import { makeMarkStore } from "./mark-store"
import { holdEvents, type ModuleCalls } from "./module-calls"
import { query, type Connection, type Transaction } from "./sql"

export interface TransactionParts extends Pick<DocumentStoreParts, "kinds" | "rules"> {
  connection: Connection
  modules: HostModules
  /** Names this process in leases. */
  owner: string
  log: Logger
}

/**
 * One transaction of Medusa's database, across its modules and our tables. Work that lost a race is run again. Events leave
 * after the commit.
 */
export function makeTransaction(parts: TransactionParts): HostPorts["transaction"] {
  return async ({ own }, work) => {
    try {
      return await retryLostRaces(() => runOnce(parts, own, work))
    } catch (error) {
      throw asSyncError(error)
    }
  }
}

async function runOnce<Result>(
  parts: TransactionParts,
  own: boolean,
  work: (transaction: HostTransaction) => Promise<Result>,
): Promise<Result> {
  const { connection, modules, log } = parts
  const events = holdEvents(() => modules.eventBus, `directus:${randomUUID()}`)
  let result
  try {
    result = await connection.transaction(async (sql) => {
      await prepare(sql)
      return work(hostTransaction(parts, sql, events.calls(sql), own))
    })
  } catch (error) {
    await events.discard()
    throw error
  }
  // The data is committed: a bus that fails must not make the peer believe otherwise.
  await events.publish().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown error"
    log.error(`The events of an apply could not be emitted: ${reason}`)
  })
  return result
}

/** Bounds on what a transaction may wait for. */
const prepare = (sql: Transaction): Promise<unknown> =>
  query(
    sql,
    `select set_config('lock_timeout', '5s', true), set_config('idle_in_transaction_session_timeout', '30s', true)`,
  )

function hostTransaction(
  { modules, kinds, rules, owner }: TransactionParts,
  sql: Transaction,
  calls: ModuleCalls,
  own: boolean,
): HostTransaction {
  return {
    links: makeLinkStore(sql),
    documents: makeDocumentStore({ sql, calls, modules, kinds, rules, own }),
    marks: makeMarkStore(sql, owner),
    conflicts: makeConflictStore(sql),
    ...makeJournal(sql),
  }
}
