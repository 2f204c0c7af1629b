import type { EndpointAnswer, EndpointRequest, HostPorts, Jobs, SweepOptions } from "medusa-directus-core/host"
import type { Dialect } from "./database/dialect"
import type { Mismatch } from "./database/mismatch"
import type { Options } from "./options"

export interface RunningSync {
  kind: "running"
  ports: HostPorts
  options: Options
  dialect: Dialect
  /** Mapped fields that the collections cannot hold. */
  leftOut: Mismatch[]
  /** When other people's hooks and Flows hear of an apply. */
  events: "after commit" | "inside the transaction"
  /** Of items without a link, those that the sync should tell of. */
  newAmong: SweepOptions["newAmong"]
  /** Work on the whole catalogue. */
  jobs: Jobs
  receive(request: EndpointRequest): Promise<EndpointAnswer>
  /** Answers a question for the content of records. */
  tellContent(request: Omit<EndpointRequest, "trusted">): Promise<EndpointAnswer>
  wake(records?: number): void
  stop(): Promise<void>
}

export type SyncState =
  | RunningSync
  /** By configuration: until the next start. */
  | { kind: "off"; reason: string }
  /** The host was not ready; tried again every minute. */
  | { kind: "failed"; reason: string }

/** The sync of one copy of the bundle in this process. */
export interface Sync {
  /** Starts it once; later calls give the same answer. Never rejects. */
  start(): Promise<SyncState>
  /** Something may have changed here: so many records, 1 by default. */
  wake(records?: number): void
  /** The watchdog's minute: starts what is not running or has failed, and folds. Never rejects. */
  tick(): Promise<void>
  stop(): Promise<void>
}
