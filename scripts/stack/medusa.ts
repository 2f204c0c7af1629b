import { createRequire } from "node:module"
import { join } from "node:path"
import { serverEnvironment } from "./environment.ts"
import { runToEnd } from "./one-shot.ts"
import { requireFreePort } from "./ports.ts"
import { ServerProcess } from "./server-process.ts"

export type MedusaApp = {
  /** The folder with medusa-config. */
  appDir: string
  /** Added to a minimal environment: DATABASE_URL and what medusa-config reads. */
  env: Record<string, string | undefined>
  /** Outside of appDir: `medusa develop` restarts when a file in it changes. */
  logFile: string
}

export type MedusaServer = ServerProcess & { readonly port: number; readonly url: string }

/**
 * Nobody else in the network may come in: neither to the server, nor to the port through which the dashboard's development
 * server, which `medusa start` runs too, tells browsers of changes.
 */
const LOOPBACK = "127.0.0.1"

/** Runs `medusa start` and waits for /health. No build is needed while the admin dashboard is disabled. */
export async function startMedusa(app: MedusaApp & { port: number; readyTimeoutMs?: number }): Promise<MedusaServer> {
  await requireFreePort(app.port, "Medusa", "--medusa-port <port>")
  const server = medusaServer(app)
  await server.start()
  return server
}

/** The same server, not started. */
export function medusaServer({
  port,
  readyTimeoutMs = 120_000,
  ...app
}: MedusaApp & { port: number; readyTimeoutMs?: number }): MedusaServer {
  const url = `http://localhost:${port}`
  const server = new ServerProcess({
    name: `Medusa on port ${port}`,
    ...cli({ ...app, env: { HMR_BIND_HOST: LOOPBACK, ...app.env } }, [
      "start",
      ...["--host", LOOPBACK, "--port", String(port)],
    ]),
    healthy: async () => (await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) })).ok,
    readyTimeoutMs,
    stopSignal: "SIGTERM",
  })
  return Object.assign(server, { port, url })
}

export function migrateMedusa(app: MedusaApp): Promise<void> {
  return command(app, ["db:migrate"])
}

export function createMedusaUser(app: MedusaApp, user: { email: string; password: string }): Promise<void> {
  return command(app, ["user", "--email", user.email, "--password", user.password])
}

/** @param script relative to appDir; its default export runs with Medusa's container */
export function runMedusaScript(app: MedusaApp, script: string, args: string[] = []): Promise<void> {
  return command(app, ["exec", script, ...args])
}

/** Builds the admin dashboard with the parts of the app and its plugins. @returns the folder of what a browser loads */
export async function buildMedusaAdmin(app: MedusaApp): Promise<string> {
  await command({ ...app, env: { NODE_ENV: "production", ...app.env } }, ["build", "--admin-only"], 900_000)
  return join(app.appDir, ".medusa", "admin")
}

function command(app: MedusaApp, args: string[], timeoutMs = 300_000): Promise<void> {
  return runToEnd({ name: `medusa ${args[0]}`, ...cli(app, args), timeoutMs })
}

function cli({ appDir, env, logFile }: MedusaApp, args: string[]) {
  const entry = createRequire(join(appDir, "package.json")).resolve("@medusajs/cli/cli.js")
  return { command: process.execPath, args: [entry, ...args], cwd: appDir, env: serverEnvironment(env), logFile }
}
