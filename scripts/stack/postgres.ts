import { randomBytes } from "node:crypto"
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"
import { serverEnvironment } from "./environment.ts"
import { runToEnd } from "./one-shot.ts"
import { findFreePort, requireFreePort } from "./ports.ts"
import { placeForPostgres } from "./postgres-place.ts"
import { ServerProcess } from "./server-process.ts"

export type Postgres = {
  /** The connection string of a database on this server. */
  url(database: string): string
  /** Creates the database unless it is there. @returns its connection string */
  createDatabase(name: string): Promise<string>
  dropDatabase(name: string): Promise<void>
  /** undefined when the server is somebody else's */
  process: ServerProcess | undefined
  stop(): Promise<void>
}

export type PostgresOptions = {
  /** Where an embedded server keeps its data and its log. */
  dir: string
  /** A free one is found when this is not given. */
  port?: number
  /** A server that runs already: nothing is started. Its role must be allowed to create databases. */
  databaseUrl?: string
  /** false leaves out fsync: a test's data need not outlive the machine. */
  durable?: boolean
}

const user = "postgres"

export async function startPostgres({ dir, port, databaseUrl, durable = true }: PostgresOptions): Promise<Postgres> {
  if (databaseUrl) return client(databaseUrl)

  const place = await placeForPostgres(dir)
  const chosen = port ?? (await findFreePort())
  await requireFreePort(chosen, "PostgreSQL", "--postgres-port <port>, or your own server with DATABASE_URL")
  const password = await initialise(place)
  const url = `postgres://${user}:${password}@localhost:${chosen}/postgres`
  const settings = {
    listen_addresses: "localhost",
    unix_socket_directories: "",
    max_connections: "200",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  }
  const server = new ServerProcess({
    name: "PostgreSQL",
    command: place.postgres,
    args: [
      "-D",
      place.data,
      "-p",
      String(chosen),
      ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ],
    cwd: place.data,
    env: serverEnvironment({ LC_ALL: "C" }),
    logFile: join(dir, "postgres.log"),
    healthy: async () => (await query(url, "SELECT 1")).length === 1,
    readyTimeoutMs: 60_000,
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM waits for every client to leave.
    stopSignal: "SIGINT",
    uid: place.uid,
    gid: place.gid,
  })
  await server.start()
  return client(url, server, durable ? undefined : place.outside)
}

type Place = Awaited<ReturnType<typeof placeForPostgres>>

/** @returns the password of the role "postgres" */
async function initialise(place: Place): Promise<string> {
  const passwordFile = `${place.data}.password`
  if (existsSync(join(place.data, "PG_VERSION"))) return readFileSync(passwordFile, "utf8").trim()

  mkdirSync(place.data, { recursive: true })
  chmodSync(place.data, 0o700)
  writeFileSync(passwordFile, `${randomBytes(18).toString("hex")}\n`, { mode: 0o600 })
  if (place.uid !== undefined && place.gid !== undefined) {
    for (const file of [place.data, passwordFile]) chownSync(file, place.uid, place.gid)
  }
  await runToEnd({
    name: "initdb",
    command: place.initdb,
    args: [
      `--pgdata=${place.data}`,
      `--username=${user}`,
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      // Needs no locale of the machine's.
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-sync",
    ],
    cwd: place.data,
    env: serverEnvironment({ LC_ALL: "C" }),
    logFile: `${place.data}.initdb.log`,
    timeoutMs: 60_000,
    uid: place.uid,
    gid: place.gid,
  })
  return readFileSync(passwordFile, "utf8").trim()
}

function client(adminUrl: string, server?: ServerProcess, leftover?: string): Postgres {
  const url = (database: string) => {
    const target = new URL(adminUrl)
    target.pathname = `/${database}`
    return target.href
  }
  return {
    url,
    process: server,
    createDatabase: async (name) => {
      const known = await query(adminUrl, "SELECT 1 FROM pg_database WHERE datname = $1", [name])
      if (known.length === 0) await query(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
      return url(name)
    },
    dropDatabase: async (name) => {
      await query(adminUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
    },
    stop: async () => {
      await server?.stop()
      if (leftover) rmSync(leftover, { recursive: true, force: true })
    },
  }
}

async function query(url: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const connection = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A server that goes away is reported by the query; without a listener it would end this process.
  connection.on("error", () => {})
  try {
    await connection.connect()
    return (await connection.query(text, values)).rows
  } finally {
    await connection.end().catch(() => {})
  }
}
