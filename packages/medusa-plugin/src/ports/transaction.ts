import { randomUUID } from "node:crypto"
import { outage, type HostPorts, type HostTransaction, type Logger } from "medusa-directus-core/host"
import { makeDocumentStore, type DocumentStoreParts } from "./document-store"
import { makeConflictStore, makeJournal } from "./history-store"
import { asSyncError } from "../database/host-errors"
import type { HostModules } from "../records/host-modules"
import { makeLinkStore } from "./link-store"
import { retryLostRaces } from "../database/lost-races"
import { makeMarkStore } from "./mark-store"
import { holdEvents, type ModuleCalls } from "../records/module-calls"
import { query, type Connection, type Transaction } from "../database/sql"

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
  return async (work) => {
    try {
      return await retryLostRaces(() => runOnce(parts, work))
    } catch (error) {
      throw asSyncError(error)
    }
  }
}

async function runOnce<Result>(
  parts: TransactionParts,
  work: (transaction: HostTransaction) => Promise<Result>,
): Promise<Result> {
  const { connection, modules, log } = parts
  const events = holdEvents(() => modules.eventBus, `directus:${randomUUID()}`)
  let result
  let hasBegun = false
  try {
    result = await connection.transaction(async (sql) => {
      hasBegun = true
      await prepare(sql)
      return work(hostTransaction(parts, sql, events.calls(sql)))
    })
  } catch (error) {
    await events.discard()
    // No connection: of no record's making.
    throw hasBegun ? error : outage("Medusa's database cannot be reached.", "message", error)
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
): HostTransaction {
  return {
    links: makeLinkStore(sql),
    documents: makeDocumentStore({ sql, calls, modules, kinds, rules }),
    marks: makeMarkStore(sql, owner),
    conflicts: makeConflictStore(sql),
    ...makeJournal(sql),
  }
}
