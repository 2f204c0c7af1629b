import { randomUUID } from "node:crypto"
import { makeTransport, watched, type HostPorts, type Logger, type Problem } from "medusa-directus-core"
import { emitAlert } from "./adapters/alert"
import { raiseBeat, readControl, takeTurn, updateControl } from "./adapters/control-store"
import { pruneHistory } from "./adapters/history-store"
import type { HostModules } from "./adapters/host-modules"
import { leaseMarks, nextDueMark } from "./adapters/mark-store"
import { observe } from "./adapters/observe"
import type { KnownKind } from "./adapters/record-kinds"
import { makeRules } from "./adapters/record-rules"
import type { Connection } from "./adapters/sql"
import { makeTransaction } from "./adapters/transaction"
import { makePost } from "./adapters/transport"
import type { CaptureSql } from "./modules/directus-sync/capture/capture-sql"
import type { SyncOptions } from "./options"

export interface HostParts {
  options: SyncOptions
  connection: Connection
  kinds: (name: string) => KnownKind
  capture: CaptureSql
  /** What can be known of the options alone. */
  problems: Problem[]
  modules: HostModules
  log: Logger
  /** Aborted when Medusa goes down. */
  stopped: AbortSignal
}

/** Medusa's half of the engine's ports: wiring, and nothing else. */
export function makeHost({
  options,
  connection,
  kinds,
  capture,
  problems,
  modules,
  log,
  stopped,
}: HostParts): HostPorts {
  const { config, instance, secrets, functions } = options
  const owner = randomUUID()
  const inOrder = [...config.entities.keys()]
  const clock = { side: "medusa", now: () => new Date(), newId: () => randomUUID() } as const
  const control: Pick<HostPorts, "readControl" | "updateControl"> = {
    readControl: () => readControl(connection),
    updateControl: (change, from) => updateControl(connection, change, from),
  }
  return {
    ...clock,
    ...control,
    config,
    instance,
    log,
    random: Math.random,
    transport: watched(makeTransport(clock, secrets, makePost(options.directusUrl, stopped)), { ...clock, ...control }),
    transaction: makeTransaction({
      connection,
      modules,
      kinds,
      rules: makeRules(functions, log),
      owner,
      log,
    }),
    lease: (limit, woken = true) => leaseMarks(connection, owner, limit, woken, inOrder),
    nextDue: () => nextDueMark(connection),
    beat: () => raiseBeat(connection),
    observe: () => observe(connection, capture, problems),
    alert: (alert) => emitAlert(modules, alert),
    prune: () => pruneHistory(connection, options.keepDays),
    takeTurn: (task, every) => takeTurn(connection, task, every),
  }
}
