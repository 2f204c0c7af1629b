import { mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { serverEnvironment } from "./environment.ts"
import { runToEnd } from "./one-shot.ts"
import { requireFreePort } from "./ports.ts"
import { ServerProcess } from "./server-process.ts"

export type DirectusProject = {
  /** The folder with package.json and extensions/. */
  projectDir: string
  /** Directus's configuration: DB_*, KEY, SECRET, ADMIN_* and the extension's own. */
  env: Record<string, string | undefined>
  logFile: string
}

export type DirectusServer = ServerProcess & { readonly port: number; readonly url: string }

const defaults = {
  EXTENSIONS_MUST_LOAD: "true",
  TELEMETRY: "false",
  LOG_STYLE: "raw",
  LOG_LEVEL: "info",
}

/** Starts a bootstrapped project and waits for /server/ping. */
export async function startDirectus(
  project: DirectusProject & { port: number; readyTimeoutMs?: number },
): Promise<DirectusServer> {
  await requireFreePort(project.port, "Directus", "--directus-port <port>")
  const server = directusServer(project)
  await server.start()
  return server
}

/** The same server, not started. */
export function directusServer({
  port,
  readyTimeoutMs = 120_000,
  ...project
}: DirectusProject & { port: number; readyTimeoutMs?: number }): DirectusServer {
  const url = `http://localhost:${port}`
  const env = { HOST: "127.0.0.1", PUBLIC_URL: url, ...project.env, PORT: String(port) }
  const server = new ServerProcess({
    name: `Directus on port ${port}`,
    ...cli({ ...project, env }, ["start"], `directus-${port}`),
    healthy: async () =>
      (await (await fetch(`${url}/server/ping`, { signal: AbortSignal.timeout(5_000) })).text()) === "pong",
    readyTimeoutMs,
    stopSignal: "SIGTERM",
  })
  return Object.assign(server, { port, url })
}

/** Creates the tables and the first administrator; a second run migrates only. */
export function bootstrapDirectus(project: DirectusProject): Promise<void> {
  return runToEnd({
    name: "directus bootstrap",
    ...cli(project, ["bootstrap"], "directus-bootstrap"),
    timeoutMs: 300_000,
  })
}

function cli({ projectDir, env, logFile }: DirectusProject, args: string[], name: string) {
  // Not `directus/cli.js`: that one asks the registry for a newer version first.
  const fromDirectus = createRequire(createRequire(join(projectDir, "package.json")).resolve("directus/package.json"))
  return {
    command: process.execPath,
    args: [fromDirectus.resolve("@directus/api/cli/run.js"), ...args],
    cwd: projectDir,
    env: serverEnvironment({
      CONFIG_PATH: configFile(join(dirname(logFile), `${name}.config.json`), withTemp(logFile, env)),
    }),
    logFile,
  }
}

/** By default all servers of a workspace share one folder for the extensions' built app, and serve each other's. */
const withTemp = (logFile: string, env: DirectusProject["env"]): DirectusProject["env"] => ({
  TEMP_PATH: join(dirname(logFile), "directus-temp"),
  ...env,
})

/** A file for each process, because a `.env` in the working directory wins over the environment. */
function configFile(file: string, env: DirectusProject["env"]): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...defaults, ...env }, null, 2)}\n`, { mode: 0o600 })
  return file
}
