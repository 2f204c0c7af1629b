import { container as appContainer } from "@medusajs/framework"
import type { ConfigModule, Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, MedusaService } from "@medusajs/framework/utils"
import { version as medusaVersion } from "@medusajs/medusa/package.json"
import {
  checkHome,
  compareLinks,
  describeMapping,
  healthWhenOff,
  readBackfill,
  readHealth,
  repairRecords,
  resultOf,
  SyncError,
  type Control,
  type ControlChange,
  type EndpointAnswer,
  type EndpointRequest,
  type Health,
  type HostPorts,
  type Jobs,
  type MappedKind,
  type RepairReport,
  type RepairRequest,
  type RepairWishes,
} from "medusa-directus-core/host"
import { readControl, updateControl } from "../../ports/control-store"
import { databaseHome } from "../../ports/database-home"
import { hostModules } from "../../records/host-modules"
import { missingTables } from "../../records/own-kind"
import type { Connection } from "../../database/sql"
import { readStatus, type SyncStatus } from "../../operate/status"
import { readLocales, sentencesOf } from "../../records/translations/locales"
import { readSetup, type Setup } from "../../options/plugin-options"
import type { Overview } from "../../operate/overview"
import { makeSync, type Sync } from "../../sync"
import { withPlaces } from "../../ports/places"
import { withTranslations, withTranslationTable } from "../../options/translations-setup"
import { captureSql, type CaptureSql } from "../../capture/capture-sql"
import { capturedTables, NO_KINDS } from "../../capture/captured-tables"
import { captureState, installCapture } from "../../capture/install-capture"
import { wantedCapture } from "../../capture/wanted-capture"
import { DirectusSyncConflict } from "./models/conflict"
import { DirectusSyncJournalEntry } from "./models/journal-entry"
import { DirectusSyncLink } from "./models/link"

interface Dependencies {
  [ContainerRegistrationKeys.PG_CONNECTION]: Connection
  [ContainerRegistrationKeys.LOGGER]: Logger
  [ContainerRegistrationKeys.CONFIG_MODULE]: ConfigModule
}

const { NOT_ALLOWED } = MedusaError.Types

/** Of records that are named, or of all. */
export type AnyRepair = RepairRequest | (RepairWishes & { all: true })

/** Holds this process's sync: routes and subscribers reach it as `directus_sync` in Medusa's container. */
export default class DirectusSyncModuleService extends MedusaService({
  DirectusSyncLink,
  DirectusSyncConflict,
  DirectusSyncJournalEntry,
}) {
  protected setup_: Setup
  protected sync_: Sync
  protected readonly connection_: Connection
  protected readonly logger_: Logger
  protected readonly background_: boolean
  /** What is kept up; `null` while the mapping cannot be read. */
  protected readonly wanted_: CaptureSql | null
  protected readonly capture_: CaptureSql

  readonly __hooks = {
    onApplicationStart: (): Promise<void> => this.start_(),
    onApplicationShutdown: (): Promise<void> => this.sync_.stop(),
  }

  constructor(dependencies: Dependencies, options?: unknown) {
    super(dependencies, options)
    this.connection_ = dependencies[ContainerRegistrationKeys.PG_CONNECTION]
    this.logger_ = dependencies[ContainerRegistrationKeys.LOGGER]
    this.background_ = doesBackgroundWork(dependencies[ContainerRegistrationKeys.CONFIG_MODULE])
    this.setup_ = withTranslations(readSetup(options), dependencies[ContainerRegistrationKeys.CONFIG_MODULE])
    this.wanted_ = wantedCapture(options)
    this.capture_ = this.wanted_ ?? captureSql(capturedTables(NO_KINDS))
    this.sync_ = this.wire_()
  }

  /** Answers one message of Directus. */
  receive(request: EndpointRequest): Promise<EndpointAnswer> {
    return this.sync_.receive(request)
  }

  /** Looks for changes now, and not at the next poll. */
  wake(): void {
    this.sync_.wake()
  }

  /** @throws SyncError `invalid_options` while the sync is off. */
  ports(): HostPorts {
    const { ports } = this.sync_
    if (ports) return ports
    const why = this.setup_.kind === "off" ? this.setup_.reason : ""
    throw new SyncError("invalid_options", `The sync is off. ${why}`)
  }

  /** Work on the whole catalogue. @throws SyncError `invalid_options` while the sync is off. */
  jobs(): Jobs {
    this.ports()
    return this.sync_.jobs
  }

  readStatus(): Promise<SyncStatus> {
    return readStatus(this.connection_, this.setup_, this.capture_)
  }

  /** Whether it syncs, and what a person should do. */
  readHealth(): Promise<Health> {
    const { sync_: sync } = this
    if (sync.ports) return readHealth(sync.ports, medusaVersion)
    return Promise.resolve(healthWhenOff("medusa", this.readReasonOff() ?? "", medusaVersion))
  }

  /** `null` while the sync runs. */
  readReasonOff(): string | null {
    if (this.sync_.ports) return null
    return this.setup_.kind === "off" ? this.setup_.reason : "The sync has not started."
  }

  async readOverview(): Promise<Overview> {
    const { setup_: setup, sync_: sync } = this
    const on = setup.kind === "on" ? setup.options : null
    return {
      status: await this.readStatus(),
      health: await this.readHealth(),
      backfill: sync.ports ? await readBackfill(sync.ports) : null,
      directus: on && { url: on.directusUrl, studio_url: on.studioUrl },
      kinds: sync.ports ? [...sync.ports.config.entities.keys()] : [],
    }
  }

  /** @throws SyncError `invalid_options` while the sync is off. */
  readMapping(): MappedKind[] {
    return describeMapping(this.ports().config)
  }

  /** Where people open an item of Directus; `null` when there is none. */
  studioUrl(collection: string, peerId: string | null): string | null {
    const { setup_: setup } = this
    if (setup.kind === "off" || peerId === null) return null
    const base = setup.options.studioUrl.replace(/\/+$/, "")
    return `${base}/admin/content/${encodeURIComponent(collection)}/${encodeURIComponent(peerId)}`
  }

  readControl(): Promise<Control> {
    return readControl(this.connection_)
  }

  async updateControl(change: ControlChange): Promise<void> {
    await updateControl(this.connection_, change)
  }

  /** Where the database is now. */
  readHome(): Promise<string> {
    return databaseHome(this.connection_)
  }

  /** Compares all links with Directus's, and puts right what has to be done here. @throws MedusaError */
  async compareLinks(): Promise<RepairReport> {
    const report = await this.asked_(compareLinks)
    this.wake()
    return report
  }

  /** @returns how many records are told. @throws MedusaError */
  async repairRecords(request: AnyRepair): Promise<number> {
    const marked = await this.asked_((ports) => {
      const { entities } = ports.config
      const unknown = "records" in request && request.records.find(({ entity }) => !entities.has(entity))
      if (unknown)
        throw new MedusaError(
          MedusaError.Types.INVALID_DATA,
          `The kind "${unknown.entity}" is not synced. Kinds are ${[...entities.keys()].join(", ")}.`,
        )
      return "all" in request ? this.repairAll_(request) : repairRecords(ports, request)
    })
    this.wake()
    return marked
  }

  /** Waits for the end of the job, however long that takes. */
  protected async repairAll_({ thisSideWins, leaveDeleted }: RepairWishes): Promise<number> {
    const job = await this.jobs().runNow("repair", { thisSideWins, leaveDeleted }, null, Infinity)
    return resultOf(job)?.marked ?? 0
  }

  /** The minute's upkeep: whoever dropped the triggers, they are there again, and a sweep finds what they missed. */
  async keepUp(): Promise<void> {
    if (this.wanted_) await installCapture(this.connection_, this.wanted_, this.logger_)
    this.wake()
  }

  /** What a person asks for: a refusal of the engine, or of a sync that is off, is told in its words. */
  protected async asked_<T>(work: (ports: HostPorts) => Promise<T>): Promise<T> {
    try {
      return await work(this.ports())
    } catch (error) {
      throw error instanceof SyncError ? new MedusaError(NOT_ALLOWED, error.message) : error
    }
  }

  protected wire_(): Sync {
    const { setup_: setup } = this
    if (setup.kind === "off" && !setup.wanted) this.logger_.error(`Directus sync is off. ${setup.reason}`)
    // A module's own container has no other modules; the application's is complete when the first message comes.
    const modules = hostModules(appContainer)
    return makeSync({ setup, connection: this.connection_, capture: this.capture_, modules, log: this.logger_ })
  }

  protected async start_(): Promise<void> {
    const checked = await withTranslationTable(this.connection_, this.setup_)
    if (checked !== this.setup_) {
      this.setup_ = checked
      this.sync_ = this.wire_()
    }
    if (this.setup_.kind === "off") return
    // An upgrade may start before its tables are complete.
    const isMigrated = (await captureState(this.connection_, this.capture_)) !== "not_migrated"
    if (isMigrated) {
      this.setup_ = await withPlaces(this.connection_, this.setup_, this.logger_)
      this.sync_ = this.wire_()
    }
    if (!this.background_) return
    if (!isMigrated) {
      this.logger_.error(
        'Directus sync is off: its tables are missing. Run "medusa db:migrate", then start Medusa again.',
      )
      return
    }
    await checkHome(this.ports(), await this.readHome())
    const { config } = this.setup_.options
    for (const { kind, table } of await missingTables(this.connection_, config))
      this.logger_.error(
        `Directus sync: mapping.kinds.${kind} asks for the table "${table}", which is not there. Name it under medusa.table, or migrate its module.`,
      )
    for (const sentence of sentencesOf(await readLocales(this.connection_, config)))
      this.logger_.warn(`Directus sync: ${sentence}`)
    this.sync_.start()
  }
}

/**
 * As with Medusa's jobs: in `shared` and `worker`. `medusa exec` and `db:migrate` set the environment variable to
 * `server`, which a mode that is written into medusa-config would override.
 */
function doesBackgroundWork(config: ConfigModule): boolean {
  const { workerMode } = config.projectConfig
  return (workerMode === "shared" || workerMode === "worker") && process.env.MEDUSA_WORKER_MODE !== "server"
}
