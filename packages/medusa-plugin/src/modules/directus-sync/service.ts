import { container as appContainer } from "@medusajs/framework"
import type { ConfigModule, Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaService } from "@medusajs/framework/utils"
import {
  SyncError,
  type Control,
  type ControlChange,
  type EndpointAnswer,
  type EndpointRequest,
  type HostPorts,
} from "medusa-directus-core"
import { readControl, updateControl } from "../../adapters/control-store"
import { hostModules } from "../../adapters/host-modules"
import { missingTables } from "../../adapters/own-kind"
import type { Connection } from "../../adapters/sql"
import { readStatus, type SyncStatus } from "../../adapters/status"
import { readLocales, sentencesOf } from "../../adapters/translations/locales"
import { readCapture, readSetup, type Setup } from "../../options"
import { makeSync, type Sync } from "../../sync"
import { withTranslations, withTranslationTable } from "../../translations-setup"
import { captureSql, type CaptureSql } from "./capture/capture-sql"
import { capturedTables } from "./capture/captured-tables"
import { captureState } from "./capture/install-capture"
import { DirectusSyncConflict } from "./models/conflict"
import { DirectusSyncJournalEntry } from "./models/journal-entry"
import { DirectusSyncLink } from "./models/link"

interface Dependencies {
  [ContainerRegistrationKeys.PG_CONNECTION]: Connection
  [ContainerRegistrationKeys.LOGGER]: Logger
  [ContainerRegistrationKeys.CONFIG_MODULE]: ConfigModule
}

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
    this.capture_ = captureSql(capturedTables(readCapture(options)))
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

  readStatus(): Promise<SyncStatus> {
    return readStatus(this.connection_, this.setup_, this.capture_)
  }

  readControl(): Promise<Control> {
    return readControl(this.connection_)
  }

  async updateControl(change: ControlChange): Promise<void> {
    await updateControl(this.connection_, change)
  }

  protected wire_(): Sync {
    const { setup_: setup } = this
    if (setup.kind === "off" && !setup.wanted) this.logger_.error(`Directus sync is off. ${setup.reason}`)
    // A module's own container has no other modules; the application's is complete when the first message comes.
    const modules = hostModules(appContainer)
    return makeSync({ setup, connection: this.connection_, modules, log: this.logger_ })
  }

  protected async start_(): Promise<void> {
    const checked = await withTranslationTable(this.connection_, this.setup_)
    if (checked !== this.setup_) {
      this.setup_ = checked
      this.sync_ = this.wire_()
    }
    if (this.setup_.kind === "off" || !this.background_) return
    if ((await captureState(this.connection_, this.capture_)) === "not_migrated") {
      this.logger_.error(
        'Directus sync is off: its tables are missing. Run "medusa db:migrate", then start Medusa again.',
      )
      return
    }
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
