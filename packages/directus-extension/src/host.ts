import { makeTransport, watched, type HostPorts, type Logger, type SyncConfig } from "medusa-directus-core/host"
import { problemOf, type Problem } from "medusa-directus-core/operate"
import { randomUUID } from "node:crypto"
import { notifyAdmins } from "./ports/alert"
import { raiseBeat, readControl, takeTurn, updateControl } from "./ports/control-store"
import { doubledTexts } from "./items/doubled-texts"
import { readCounts } from "./ports/observe"
import { cleanly } from "./database/database-error"
import type { Dialect } from "./database/dialect"
import type { Assets } from "./items/asset-address"
import { makeJobStore } from "./ports/job-store"
import type { LiveEmitter } from "./items/live-emitter"
import { leaseMarks, nextDue } from "./ports/mark-store"
import { storedKinds } from "./items/stored-kinds"
import { makeTransaction } from "./ports/transaction"
import { makePost } from "./ports/transport"
import type { Mismatch } from "./database/mismatch"
import type { Filters } from "./extend"
import type { HostContext } from "./host-context"
import type { Connection } from "./options"
import { pruneInternalTables } from "./schema/internal-tables"

export interface HostParts {
  context: HostContext
  dialect: Dialect
  config: SyncConfig
  connection: Connection
  instance: string
  publicUrl: string
  /** Mapped fields that the collections cannot hold. */
  leftOut: Mismatch[]
  /** What can be known of the configuration alone. */
  problems: Problem[]
  /** Days for which the journal and decided conflicts are kept. */
  keepDays: number
  emitter: LiveEmitter | null
  assets: Assets
  filters: Filters
  imagesWanted: (() => void) | null
  /** When true, this copy of the bundle takes no more work. */
  isReplaced: () => boolean
  /** Aborted when a request that is under way has had its time after the end. */
  stopped: AbortSignal
  log: Logger
}

const leftOutProblem = (leftOut: Mismatch[]): Problem =>
  problemOf("directus", "fields_left_out", { facts: { fields: leftOut.map(({ directus }) => directus).join(", ") } })

const MINUTE = 60_000

/** Asks again when the answer is that old, in milliseconds: monitors and pages ask for the health every few seconds. */
function onceIn<T>(most: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: T } | null = null
  return async () => {
    if (last && performance.now() - last.at < most) return last.answer
    last = { at: performance.now(), answer: await ask() }
    return last.answer
  }
}

/** Wires the engine's ports to Directus. */
export function makeHost({
  context,
  dialect,
  config,
  connection,
  instance,
  publicUrl,
  leftOut,
  problems,
  keepDays,
  emitter,
  assets,
  filters,
  imagesWanted,
  isReplaced,
  stopped,
  log,
}: HostParts): HostPorts {
  const { database } = context
  const owner = randomUUID()
  const kinds = [...config.entities.keys()]
  const now = (): Date => new Date()
  const doubled = onceIn(MINUTE, async () =>
    doubledTexts(database, dialect, storedKinds(await context.getSchema(), config.entities)),
  )
  const clock = { side: "directus" as const, now, newId: randomUUID }
  const control: Pick<HostPorts, "readControl" | "updateControl"> = {
    readControl: () => cleanly(() => readControl(database)),
    updateControl: (change, from) => cleanly(() => updateControl(database, change, from)),
  }
  return {
    ...clock,
    ...control,
    config,
    instance,
    log,
    random: Math.random,
    transport: watched(makeTransport(clock, connection.secrets, makePost(connection, stopped)), {
      ...clock,
      ...control,
    }),
    transaction: makeTransaction({
      context,
      dialect,
      config,
      emitter,
      assets,
      filters,
      imagesWanted,
      owner,
      log,
      now: Date.now,
    }),
    lease: async (limit) =>
      isReplaced()
        ? []
        : cleanly(() => database.transaction((trx) => leaseMarks(trx, dialect, owner, limit, Date.now(), kinds))),
    nextDue: () => cleanly(() => nextDue(database)),
    jobs: makeJobStore(database),
    beat: () => cleanly(() => raiseBeat(database)),
    observe: async () => ({
      records: await cleanly(() => readCounts(database)),
      problems: [...(leftOut.length > 0 ? [leftOutProblem(leftOut)] : []), ...(await cleanly(doubled)), ...problems],
    }),
    alert: (alert) => cleanly(() => notifyAdmins(context, publicUrl, alert)),
    prune: () => cleanly(() => pruneInternalTables(database, now(), keepDays)),
    takeTurn: (task, every) => cleanly(() => takeTurn(database, task, every, Date.now())),
  }
}
