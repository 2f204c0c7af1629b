import {
  makeEndpoint,
  plainHttp,
  runJobs,
  runSender,
  runSweep,
  SyncError,
  type Sweep,
  type EndpointAnswer,
  type EndpointRequest,
  type HostPorts,
  type Jobs,
  type Logger,
  type SweepOptions,
} from "medusa-directus-core/host"
import type { HostModules } from "./records/host-modules"
import { newAmong } from "./records/new-records"
import { makeKinds } from "./records/record-kinds"
import type { Connection } from "./database/sql"
import { makeHost } from "./host"
import type { CaptureSql } from "./capture/capture-sql"
import type { Setup } from "./options/plugin-options"

/** Milliseconds that the last request has to end when Medusa goes down. */
const GRACE = 5_000

/** The running sync of one process. */
export interface Sync {
  /** `null` while the sync is off. */
  readonly ports: HostPorts | null
  /** Which records without a link it should tell of. */
  readonly among: Pick<SweepOptions, "newAmong">
  /** Work on the whole catalogue; none while the sync is off. */
  readonly jobs: Jobs
  /** Answers one message; 503 while the sync is off, so that Directus keeps what it has and asks again. */
  receive(request: EndpointRequest): Promise<EndpointAnswer>
  /** Something may have to be sent: look now. */
  wake(): void
  /** Starts sending, in processes that do background work. */
  start(): void
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}

export interface SyncParts {
  setup: Setup
  connection: Connection
  capture: CaptureSql
  modules: HostModules
  log: Logger
}

const OFF_TEXT = "The sync is off in Medusa; Medusa's log says why."

const OFF: EndpointAnswer = {
  status: 503,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", "retry-after": "60" },
  body: JSON.stringify({
    v: 1,
    error: { code: "invalid_options", message: OFF_TEXT },
  }),
}

const off: Sync = {
  ports: null,
  among: { newAmong: () => Promise.resolve([]) },
  get jobs(): Jobs {
    throw new SyncError("invalid_options", OFF_TEXT)
  },
  receive: () => Promise.resolve(OFF),
  wake: () => undefined,
  start: () => undefined,
  stop: () => Promise.resolve(),
}

/** Wires the engine to this process. Nothing is sent before `start`. */
export function makeSync({ setup, ...parts }: SyncParts): Sync {
  if (setup.kind === "off") return off
  const { options } = setup
  const stopped = new AbortController()
  const kinds = makeKinds(options.config)
  const problems = plainHttp("medusa", options.directusUrl, false)
  const ports = makeHost({ ...parts, options, kinds, problems, stopped: stopped.signal })
  const among = { newAmong: newAmong(parts.connection, kinds) }
  const sender = runSender(ports, { poll: options.pollInterval })
  let started = false
  let sweep: Sweep | null = null
  const wake = (): void => {
    if (started) sender.wake()
  }
  const jobs = runJobs(ports, among, wake)
  return {
    ports,
    among,
    jobs,
    receive: makeEndpoint(ports, options.secrets, () => {
      if (started) sender.heard()
    }),
    wake,
    start() {
      started = true
      for (const { message } of problems) parts.log.warn(message)
      jobs.keepUp()
      sweep = runSweep(ports, options.sweepInterval, among, wake)
      wake()
    },
    async stop() {
      started = false
      const timer = setTimeout(() => stopped.abort(), GRACE)
      await Promise.all([sender.stop(), sweep?.stop(), jobs.stop()])
      clearTimeout(timer)
    },
  }
}
