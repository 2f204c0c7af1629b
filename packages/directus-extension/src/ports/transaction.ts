import type { ActionEventParams } from "@directus/types"
import type { Knex } from "knex"
import {
  outage,
  SyncError,
  type HostPorts,
  type HostTransaction,
  type Logger,
  type SyncConfig,
} from "medusa-directus-core/host"
import { setTimeout as sleep } from "node:timers/promises"
import type { HostContext } from "../host-context"
import { newOwnWrite, runOwnWrite, writesFor } from "../own-write"
import type { OwnWrite } from "../shared-state"
import { makeCachePurge } from "../items/cache-purge"
import { cleanError, isConnectionLost, isDeadlock } from "../database/database-error"
import type { Dialect } from "../database/dialect"
import type { Filters } from "../extend"
import type { Assets } from "../items/asset-address"
import { makeDocumentStore } from "./document-store"
import { addJournal, countedLines, makeConflictStore } from "./history-store"
import { wantImages } from "../items/image-uses"
import { makeLinkStore } from "./link-store"
import type { LiveEmitter } from "../items/live-emitter"
import { makeMarkStore } from "./mark-store"
import { storedKinds } from "../items/stored-kinds"

export interface TransactionHost {
  context: HostContext
  dialect: Dialect
  config: SyncConfig
  emitter: LiveEmitter | null
  assets: Assets
  filters: Filters
  /** Called after the commit of an apply with pictures to import; `null`: none are. */
  imagesWanted: (() => void) | null
  /** This process, as the owner of leases. */
  owner: string
  now: () => number
  log: Logger
}

/** What an attempt did that concerns others after its commit. */
interface Noted {
  touched: boolean
  images: boolean
  /** Was there a connection? */
  begun: boolean
}

const ATTEMPTS = 3
/** Milliseconds that a hook of somebody else may take inside the transaction before PostgreSQL ends it. */
const LONGEST_WAIT = 15_000

/** The host's transaction: the item's row, the link and the marks are written together or not at all. */
export function makeTransaction(host: TransactionHost): HostPorts["transaction"] {
  const { context, dialect, emitter } = host
  const purgeCache = makeCachePurge(context, host.log)

  async function once<T>(
    own: OwnWrite,
    events: ActionEventParams[],
    noted: Noted,
    work: (tx: HostTransaction) => Promise<T>,
  ): Promise<T> {
    // Before the transaction: with SQLite's single connection it would wait for itself.
    const schema = await context.getSchema()
    return context.database.transaction(async (trx: Knex.Transaction) => {
      noted.begun = true
      if (dialect === "pg") {
        // A hook of somebody else that writes the locked row through another connection would wait for ever.
        await trx.raw(
          `set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = ${String(LONGEST_WAIT)}`,
        )
      }
      writesFor(own, trx)
      const documents = makeDocumentStore({
        reader: {
          knex: trx,
          dialect,
          assets: host.assets,
          kinds: storedKinds(schema, host.config.entities),
          ...(host.filters.size > 0 ? { filters: host.filters } : {}),
        },
        schema,
        own,
        services: context.services,
        queue: emitter ? (event) => void events.push(event) : null,
        touched: () => (noted.touched = true),
        now: host.now,
        wantImages: host.imagesWanted
          ? async (uses) => {
              await wantImages(trx, uses, host.now())
              noted.images = true
            }
          : null,
      })
      const result = await work({
        links: makeLinkStore(trx, dialect),
        documents,
        marks: makeMarkStore(trx, dialect, host.owner, host.now),
        conflicts: makeConflictStore(trx, dialect),
        addJournal: (entries) => addJournal(trx, dialect, entries),
        countedLines: (entity, since) => countedLines(trx, entity, since),
      })
      // Whatever a hook does later over this connection is not ours.
      own.open = false
      return result
    })
  }

  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      const own = newOwnWrite()
      const events: ActionEventParams[] = []
      const noted = { touched: false, images: false, begun: false }
      const run = () => once(own, events, noted, work)
      const startedAt = host.now()
      try {
        const result = await runOwnWrite(own, run)
        if (noted.touched) await purgeCache()
        emitter?.emit(events)
        if (noted.images) host.imagesWanted?.()
        return result
      } catch (error) {
        if (isConnectionLost(error) && host.now() - startedAt >= LONGEST_WAIT) {
          throw new SyncError(
            "rejected_by_host",
            "A hook of Directus did not end within 15 s. It writes the same item through another connection, or waits for a slow service: let it use its context.database, or an action in place of a filter.",
            { cause: error },
          )
        }
        if (!noted.begun) throw outage("Directus's database cannot be reached.", "message", cleanError(error))
        if (!isDeadlock(error) || attempt === ATTEMPTS) throw cleanError(error)
        await sleep(Math.random() * 50 * attempt)
      }
    }
  }
}
