import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { inject } from "vitest"
import {
  directusServer,
  findFreePort,
  medusaServer,
  migrateMedusa,
  writeTestMedusaApp,
  type DirectusServer,
  type MedusaServer,
} from "../../scripts/stack/index.ts"
import { makeCms, type Cms } from "../clients/cms.ts"
import { makeShop, type Shop } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { Proxy } from "../proxy.ts"
import { addAdmin } from "./admin-bundle.ts"
import { cloneDatabase, directusDatabase, runSql } from "./databases.ts"
import { dataDir, directusToken, templates } from "./places.ts"
import { TRANSLATIONS, writeCms, writeShop } from "./projects.ts"

export type StackOptions = {
  /** Given to both sides, as the product's documentation asks. */
  mapping?: Record<string, unknown>
  /** Laid over the plugin's options. */
  plugin?: Record<string, unknown>
  /** Laid over Directus's configuration; undefined takes a variable out. */
  directusEnv?: Record<string, string | undefined>
  collection?: string
  /** Is Medusa's Translation Module on? */
  translations?: boolean
  /** Is Medusa Admin served, as `medusa build` makes it? */
  admin?: boolean
  /** The rest of medusa-config, and Medusa's environment. */
  medusaConfig?: Record<string, unknown>
  medusaEnv?: Record<string, string>
}

type Parts = {
  name: string
  dir: string
  secret: string
  shop: Shop
  cms: Cms
  medusa: MedusaServer
  directus: DirectusServer
  toDirectus: Proxy
  toMedusa: Proxy
  medusaDb: string
  directusDb: string
  options: StackOptions
}

/** Both hosts on databases of their own, and a proxy in each direction. Nothing runs before `start`. */
export class Stack {
  readonly name: string
  readonly dir: string
  readonly secret: string
  readonly shop: Shop
  readonly cms: Cms
  readonly medusa: MedusaServer
  readonly directus: DirectusServer
  /** Medusa's way to Directus, and the other one. */
  readonly toDirectus: Proxy
  readonly toMedusa: Proxy
  readonly medusaDb: string
  readonly directusDb: string
  options: StackOptions
  readonly #others: (MedusaServer | DirectusServer)[] = []

  private constructor(fields: Parts) {
    this.name = fields.name
    this.dir = fields.dir
    this.secret = fields.secret
    this.shop = fields.shop
    this.cms = fields.cms
    this.medusa = fields.medusa
    this.directus = fields.directus
    this.toDirectus = fields.toDirectus
    this.toMedusa = fields.toMedusa
    this.medusaDb = fields.medusaDb
    this.directusDb = fields.directusDb
    this.options = fields.options
  }

  static async make(name: string, options: StackOptions = {}): Promise<Stack> {
    const { postgresUrl, apiKey } = inject("e2e")
    const dir = join(dataDir, name)
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    const [medusaPort, directusPort] = [await findFreePort(), await findFreePort()]
    const [toDirectus, toMedusa] = [await Proxy.before(directusPort), await Proxy.before(medusaPort)]
    const medusaDb = await cloneDatabase(postgresUrl, templates.medusa, `${name}_medusa`)
    const directusDb = await cloneDatabase(postgresUrl, templates.directus, `${name}_directus`)
    const secret = `e2e-shared-secret-${name}-M3d9`
    const medusa = medusaServer({
      appDir: join(dir, "medusa"),
      // Neither "development", where Medusa builds the admin while it serves, nor "production", where a session wants https.
      env: { DATABASE_URL: medusaDb, ...(options.admin ? { NODE_ENV: "e2e" } : {}), ...options.medusaEnv },
      logFile: join(dir, "medusa.log"),
      port: medusaPort,
    })
    const directus = directusServer({
      projectDir: join(dir, "directus"),
      env: directusEnvironment({ options, directusDb, secret, medusaUrl: toMedusa.url }),
      logFile: join(dir, "directus.log"),
      port: directusPort,
    })
    const stack = new Stack({
      name,
      dir,
      secret,
      medusa,
      directus,
      toDirectus,
      toMedusa,
      medusaDb,
      directusDb,
      options,
      shop: makeShop(medusa.url, apiKey),
      cms: makeCms(directus.url, directusToken, options.collection),
    })
    stack.writeShop()
    if (options.admin) await addAdmin(join(dir, "medusa"), inject("e2e").packed)
    writeCms(join(dir, "directus"), inject("e2e").packed)
    if (options.translations || options.medusaConfig) {
      const { env, logFile } = medusa.spec
      await migrateMedusa({ appDir: join(dir, "medusa"), env, logFile })
    }
    return stack
  }

  static async start(name: string, options: StackOptions = {}): Promise<Stack> {
    const stack = await Stack.make(name, options)
    await stack.start()
    return stack
  }

  async start(): Promise<void> {
    await Promise.all([this.medusa.start(), this.directus.start()])
    await eventually("each side has heard of the other", async () => {
      const [shop, cms] = await Promise.all([this.shop.status(), this.cms.status()])
      if (!cms.running) throw new Error(`Directus: ${cms.reason}`)
      return shop.peerEpoch !== null && cms.peerEpoch !== null
    })
  }

  /** Writes medusa-config; Medusa reads it at its next start. */
  writeShop(change: Record<string, unknown> = {}): void {
    const options = {
      directusUrl: this.toDirectus.url,
      secret: this.secret,
      pollInterval: 1000,
      instance: "e2e",
      ...(this.options.mapping ? { mapping: this.options.mapping } : {}),
      ...this.options.plugin,
      ...change,
    }
    const config = {
      ...(this.options.translations ? TRANSLATIONS : {}),
      ...(this.options.admin ? { admin: { disable: false } } : {}),
    }
    writeShop(join(this.dir, "medusa"), inject("e2e").packed, options, { ...config, ...this.options.medusaConfig })
  }

  /** One more instance on the same database, not started; the peer reaches both, unless it only works. */
  async addMedusa(mode: "shared" | "server" | "worker"): Promise<MedusaServer> {
    const port = await findFreePort()
    const server = medusaServer({
      appDir: join(this.dir, "medusa"),
      env: { DATABASE_URL: this.medusaDb, ...this.options.medusaEnv, MEDUSA_WORKER_MODE: mode },
      logFile: join(this.dir, `medusa-${port}.log`),
      port,
    })
    if (mode !== "worker") this.toMedusa.alsoTo(port)
    this.#others.push(server)
    return server
  }

  /** A Medusa without the plugin, on the same database and not started: what the shop would be like. */
  async addPlainMedusa(): Promise<MedusaServer> {
    const { translations, medusaEnv } = this.options
    const appDir = writeTestMedusaApp({
      dir: join(this.dir, "plain-medusa"),
      config: translations ? TRANSLATIONS : {},
    })
    const port = await findFreePort()
    const logFile = join(this.dir, "plain-medusa.log")
    const server = medusaServer({ appDir, env: { DATABASE_URL: this.medusaDb, ...medusaEnv }, logFile, port })
    this.#others.push(server)
    return server
  }

  /** One more instance on the same database, not started; the peer reaches both. */
  async addDirectus(): Promise<DirectusServer> {
    const port = await findFreePort()
    const server = directusServer({
      projectDir: join(this.dir, "directus"),
      env: this.directusEnv(),
      logFile: join(this.dir, `directus-${port}.log`),
      port,
    })
    this.toDirectus.alsoTo(port)
    this.#others.push(server)
    return server
  }

  /** Directus's configuration, without its own address. */
  directusEnv(): Record<string, string | undefined> {
    const { options, directusDb, secret, toMedusa } = this
    return directusEnvironment({ options, directusDb, secret, medusaUrl: toMedusa.url })
  }

  /** Writes Directus's configuration for its next start. */
  writeCms(change: Record<string, string | undefined> = {}): void {
    const env = { ...this.directusEnv(), ...change }
    const file = this.directus.spec.env["CONFIG_PATH"]
    if (!file) throw new Error("Directus has no CONFIG_PATH.")
    const { port, url } = this.directus
    const fixed = {
      HOST: "127.0.0.1",
      PUBLIC_URL: url,
      PORT: String(port),
      EXTENSIONS_MUST_LOAD: "true",
      TELEMETRY: "false",
    }
    writeFileSync(file, JSON.stringify({ ...fixed, LOG_STYLE: "raw", LOG_LEVEL: "info", ...env }), { mode: 0o600 })
  }

  /** Sets the clock of one host off by so many milliseconds, from its next start on. */
  shiftClock(side: "medusa" | "directus", by: number): void {
    const module = new URL("./shift-clock.mjs", import.meta.url)
    Object.assign(this[side].spec.env, {
      NODE_OPTIONS: by === 0 ? "" : `--import=${module.href}`,
      CLOCK_SHIFT: String(by),
    })
  }

  /** Every change has been told and confirmed, on both sides. */
  async settled(within = 30_000): Promise<void> {
    const shopRests = async () => {
      const { marks, state, reason } = await this.shop.status()
      if (marks.due + marks.later > 0)
        throw new Error(`Medusa has ${JSON.stringify(marks)} (${state}, ${reason ?? "no reason"})`)
    }
    await eventually(
      "both sides have nothing left to tell",
      async () => {
        await shopRests()
        const cms = await this.cms.status()
        if (!cms.running || cms.pending > 0) throw new Error(`Directus has ${JSON.stringify(cms)}`)
        // Once more: Directus may have told Medusa something meanwhile.
        await shopRests()
      },
      { within },
    )
  }

  async cutLinks(): Promise<void> {
    await Promise.all([this.toDirectus.cut(), this.toMedusa.cut()])
  }

  async mendLinks(): Promise<void> {
    await Promise.all([this.toDirectus.mend(), this.toMedusa.mend()])
  }

  sqlMedusa(text: string, values: unknown[] = []) {
    return runSql(this.medusaDb, text, values)
  }

  sqlDirectus(text: string, values: unknown[] = []) {
    return runSql(this.directusDb, text, values)
  }

  /** The Directus id of a linked product. */
  async itemOf(productId: string): Promise<string> {
    return eventually(`${productId} is linked`, async () => {
      const [link] = await this.shop.links({ local_id: productId })
      if (!link?.peer_id) throw new Error(`Its link is ${JSON.stringify(link)}`)
      return link.peer_id
    })
  }

  /** The conflicts of both sides; one that both have seen counts once. */
  async conflicts() {
    const all = [...(await this.shop.conflicts()), ...(await this.cms.conflicts())]
    return [...new Map(all.map((conflict) => [conflict.id, conflict])).values()]
  }

  async stop(): Promise<void> {
    await Promise.all([this.medusa, this.directus, ...this.#others].map((server) => server.stop()))
    await this.cutLinks()
  }
}

function directusEnvironment({
  options,
  directusDb,
  secret,
  medusaUrl,
}: {
  options: StackOptions
  directusDb: string
  secret: string
  medusaUrl: string
}) {
  return {
    ...directusDatabase(directusDb),
    SECRET: "e2e-directus-secret",
    MEDUSA_URL: medusaUrl,
    MEDUSA_SYNC_SECRET: `string:${secret}`,
    MEDUSA_SYNC_POLL: "1000",
    ...(options.mapping ? { MEDUSA_SYNC_MAPPING: `json:${JSON.stringify(options.mapping)}` } : {}),
    ...options.directusEnv,
  }
}
