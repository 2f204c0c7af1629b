import { randomUUID } from "node:crypto"
import { makeTransport, watched, type HostPorts, type Logger } from "medusa-directus-core/host"
import type { Problem } from "medusa-directus-core/operate"
import { emitAlert } from "./ports/alert"
import { raiseBeat, readControl, takeTurn, updateControl } from "./ports/control-store"
import { pruneHistory } from "./ports/history-store"
import type { HostModules } from "./records/host-modules"
import { makeJobStore } from "./ports/job-store"
import { leaseMarks, nextDueMark } from "./ports/mark-store"
import { observe } from "./ports/observe"
import type { KnownKind } from "./records/record-kinds"
import { makeRules } from "./records/record-rules"
import type { Connection } from "./database/sql"
import { makeShop } from "./records/shop"
import { makeTransaction } from "./ports/transaction"
import { makePost } from "./ports/transport"
import type { CaptureSql } from "./capture/capture-sql"
import type { SyncOptions } from "./options/plugin-options"

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
    jobs: makeJobStore(connection),
    beat: () => raiseBeat(connection),
    observe: () => observe(connection, capture, problems),
    alert: (alert) => emitAlert(modules, alert),
    prune: () => pruneHistory(connection, options.keepDays),
    shop: makeShop(connection, modules),
    takeTurn: (task, every) => takeTurn(connection, task, every),
  }
}
