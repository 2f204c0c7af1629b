import type { Context, IEventBusModuleService, Message } from "@medusajs/framework/types"
import { MessageAggregator } from "@medusajs/framework/utils"
import type { Transaction } from "../database/sql"

/** Runs the host's own modules inside our transaction, and holds their events back until it is committed. */
export interface ModuleCalls {
  /** Calls a module with a context that writes in our transaction, then flushes: without that the write is lost unseen. */
  run<Service extends object, Result>(
    service: Service,
    call: (service: Service, context: Context) => Promise<Result>,
  ): Promise<Result>
  /** An event that is emitted after the commit, one message for each id. */
  announce(name: string, ids: string[]): void
}

export interface PendingEvents {
  calls(transaction: Transaction): ModuleCalls
  /** After the commit. */
  publish(): Promise<void>
  /** After a rollback. */
  discard(): Promise<void>
}

/** What MikroORM's manager offers here; Medusa types it as `unknown`. */
interface Manager {
  fork(options: { cloneEventManager: boolean }): Manager
  setTransactionContext(transaction: unknown): void
  flush(): Promise<void>
}

/**
 * `baseRepository_` is where each decorator of Medusa 2.21 finds a module's manager; it is protected in TypeScript.
 * Only the module's own manager knows its entities, and it writes in our transaction only when that is set. It gets its own
 * listeners, as MikroORM's transactions do: listeners added to the shared event manager are never removed, leak this
 * transaction and receive the events of later ones.
 */
function managerOf(service: object, transaction: Transaction): Manager {
  const { baseRepository_: repository } = service as { baseRepository_: { getFreshManager(): Manager } }
  const manager = repository.getFreshManager().fork({ cloneEventManager: true })
  manager.setTransactionContext(transaction)
  return manager
}

/**
 * @param bus - resolved when there is something to emit.
 * @param groupId - unique for this transaction: the bus keeps events under it until they are released.
 */
export function holdEvents(bus: () => IEventBusModuleService, groupId: string): PendingEvents {
  const messageAggregator = new MessageAggregator()
  const announced: Message[] = []
  let used = false
  return {
    calls: (transaction) => ({
      async run(service, call) {
        used = true
        const transactionManager = managerOf(service, transaction)
        const result = await call(service, { transactionManager, eventGroupId: groupId, messageAggregator })
        await transactionManager.flush()
        return result
      },
      announce(name, ids) {
        for (const id of ids)
          announced.push({ name, data: { id }, metadata: { eventGroupId: groupId, origin: "directus" } } as Message)
      },
    }),
    async publish() {
      if (!used && announced.length === 0) return
      const internal = Object.values(messageAggregator.getMessages()).flat()
      if (internal.length > 0) await bus().emit(internal, { internal: true })
      if (announced.length > 0) await bus().emit(announced)
      await bus().releaseGroupedEvents(groupId)
    },
    async discard() {
      // What could not be cleared is never released.
      if (used)
        await bus()
          .clearGroupedEvents(groupId)
          .catch(() => undefined)
    },
  }
}
