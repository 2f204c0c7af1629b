import {
  checkHome,
  makeContentEndpoint,
  makeEndpoint,
  plainHttp,
  runJobs,
  runSender,
  runSweep,
  settlePlaces,
  SyncError,
  type HostPorts,
  type Logger,
  type SweepOptions,
  type SyncConfig,
} from "medusa-directus-core/host"
import { makeAssets } from "./items/asset-address"
import { readMade } from "./ports/control-store"
import { cleanError } from "./database/database-error"
import { databaseHome } from "./ports/database-home"
import { dialectOf, type Dialect } from "./database/dialect"
import type { LiveEmitter } from "./items/live-emitter"
import { foldMarks } from "./ports/mark-store"
import type { Mismatch } from "./database/mismatch"
import { storedPlaces } from "./ports/places"
import { storedKinds } from "./items/stored-kinds"
import { makeContentReader } from "./content/read-content"
import { loadExtend, type Extend } from "./extend"
import { keepOpenDrafts } from "./drafts/open-drafts"
import type { HostContext } from "./host-context"
import { makeHost } from "./host"
import { runImporter } from "./images/run-importer"
import { readOptions, type Options } from "./options"
import type { RunningSync, Sync, SyncState } from "./running-sync"
import { ensureCollections } from "./schema/ensure-collections"
import { ensureInternalTables } from "./schema/internal-tables"
import { withSchemaLock } from "./schema/schema-lock"
import { sharedState } from "./shared-state"

export interface SyncParts {
  context: HostContext
  log: Logger
  /** Asked when the sync starts; `null` when the host's emitter cannot be reached. */
  emitter: () => LiveEmitter | null
  /** Called when the tables are there. */
  ready: () => void
}

/** All that a running sync is made of. */
interface Ready {
  options: Options
  config: SyncConfig
  connection: NonNullable<Options["connection"]>
  dialect: Dialect
  leftOut: Mismatch[]
  extend: Extend
  /** The collections that this extension made. */
  made: string[]
}

/** Milliseconds that the last request has to end when the sync ends. */
const GRACE = 5_000

/** Events of a batch leave before its commit: look again when it is surely over. */
const SECOND_LOOK = 400

/** Makes the sync without starting it: CLI commands load extensions too. */
export function makeSync({ context, log, emitter: findEmitter, ready }: SyncParts): Sync {
  const shared = sharedState()
  const previous = shared.sync
  let starting: Promise<SyncState> | null = null
  let state: SyncState | null = null
  let stopped = false
  let again: NodeJS.Timeout | undefined
  let lastReason: string | null = null

  async function boot(): Promise<SyncState> {
    await previous?.stop()
    const options = readOptions(context.env)
    for (const problem of options.problems) log.error(problem)
    const { config, connection, enabled } = options
    if (!config) return { kind: "off", reason: options.problems.join(" ") }
    const dialect = dialectOf(context.database)
    if (!dialect) {
      log.error("The sync needs PostgreSQL or SQLite (DB_CLIENT=pg or sqlite3) and stays off.")
      return { kind: "off", reason: "The database is neither PostgreSQL nor SQLite." }
    }
    try {
      return await withSchemaLock(context.database, dialect, async () => {
        await ensureInternalTables(context.database)
        ready()
        if (!enabled) {
          log.info("Nothing is sent or taken (MEDUSA_SYNC_ENABLED=false); changes are noted.")
          return { kind: "off", reason: "MEDUSA_SYNC_ENABLED=false" }
        }
        if (!connection) {
          log.warn("The sync stays off until this is mended; changes are noted and sent then.")
          return { kind: "off", reason: options.problems.join(" ") }
        }
        const extend = await loadExtend(options.extend, [...config.entities.keys()], log)
        // Node keeps the outcome of an import: only a restart looks again.
        if (extend.kind === "wrong") {
          log.error(
            `${extend.reason} The sync stays off; mend it and restart Directus. Changes are noted and sent then.`,
          )
          return { kind: "off", reason: extend.reason }
        }
        const leftOut = await ensureCollections(context, config.entities, log)
        return run({ options, config, connection, dialect, leftOut, extend, made: await readMade(context.database) })
      })
    } catch (error) {
      const reason =
        error instanceof SyncError ? error.message : `The sync could not start: ${cleanError(error).message}.`
      if (reason !== lastReason) log.error(`${reason} The sync is off and tries again every minute.`)
      lastReason = reason
      return { kind: "failed", reason }
    }
  }

  async function run({ options, config, connection, dialect, leftOut, extend, made }: Ready): Promise<RunningSync> {
    const emitter = findEmitter()
    const assets = makeAssets(options.publicUrl)
    const { database } = context
    const ended = new AbortController()
    const problems = plainHttp("directus", connection.url.href, connection.apiKey !== null)
    for (const { message } of problems) log.warn(message)
    const isReplaced = () => stopped || (emitter !== null && !emitter.isRegistered())
    const reader = async () => ({
      knex: database,
      dialect,
      assets,
      kinds: storedKinds(await context.getSchema(), config.entities),
    })
    const importer =
      options.images === "import"
        ? runImporter({ context, dialect, reader, emitter, isReplaced, log }, options.poll)
        : null
    const host = makeHost({
      context,
      dialect,
      config,
      connection,
      emitter,
      assets,
      filters: extend.filters,
      log,
      instance: options.instance,
      publicUrl: options.publicUrl,
      leftOut,
      problems,
      keepDays: options.keepDays,
      imagesWanted: importer && (() => importer.wake()),
      isReplaced,
      stopped: ended.signal,
    })
    await checkHome(host, await databaseHome(database, dialect))
    const schema = await context.getSchema({ bypassCache: true })
    const ports: HostPorts = { ...host, config: await settlePlaces(host, config, storedPlaces(schema, config)) }
    await keepOpenDrafts({ ...(await reader()), schema }, log)
    const sender = runSender(ports, { poll: options.poll })
    const events = emitter ? "after commit" : "inside the transaction"
    log.info(
      `Syncing ${[...config.entities.values()].map((entity) => entity.collection).join(", ")} with Medusa at ${connection.url.origin}; hooks and Flows hear of what arrives ${events}.`,
    )
    sender.wake()
    importer?.wake()
    const newAmong: SweepOptions["newAmong"] = (kind, ids) =>
      Promise.resolve(made.includes(config.entities.get(kind)?.collection ?? "") ? ids : [])
    const jobs = runJobs(ports, { newAmong }, () => sender.wake())
    jobs.keepUp()
    const sweep = runSweep(ports, options.sweep, { newAmong }, () => sender.wake())
    return {
      kind: "running",
      ports,
      options,
      dialect,
      leftOut,
      events,
      newAmong,
      jobs,
      receive: makeEndpoint(ports, connection.secrets, () => sender.heard()),
      tellContent: makeContentEndpoint(
        ports,
        connection.secrets,
        makeContentReader({
          context,
          dialect,
          config,
          publicUrl: options.publicUrl,
          published: options.published,
          log,
        }),
      ),
      wake: (records) => sender.wake(records),
      async stop() {
        const timer = setTimeout(() => ended.abort(), GRACE)
        await Promise.all([sender.stop(), sweep.stop(), jobs.stop(), importer?.stop()])
        clearTimeout(timer)
      },
    }
  }

  const sync: Sync = {
    start() {
      starting ??= boot().then((result) => (state = result))
      return starting
    },
    wake(records) {
      if (state?.kind !== "running") return
      state.wake(records)
      clearTimeout(again)
      again = setTimeout(() => state?.kind === "running" && state.wake(), SECOND_LOOK)
      again.unref()
    },
    async tick() {
      shared.serving = true
      try {
        if (state?.kind === "failed") starting = null
        const current = await sync.start()
        if (current.kind !== "running") return
        await context.database.transaction((trx) => foldMarks(trx, current.dialect, Date.now()))
        current.wake()
      } catch (error) {
        log.warn(
          `The minute's upkeep failed and is tried again: ${error instanceof Error ? error.name : "unknown error"}`,
        )
      }
    },
    async stop() {
      stopped = true
      clearTimeout(again)
      const current = await starting
      if (current?.kind === "running") await current.stop()
    },
  }
  shared.sync = sync
  return sync
}
