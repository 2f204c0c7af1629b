import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { createConnection } from "node:net"
import { serverEnvironment } from "./environment.ts"
import { findFreePort } from "./ports.ts"
import { ServerProcess } from "./server-process.ts"

export type Redis = ServerProcess & { readonly url: string }

/** What `redis-server` of Debian and Ubuntu needs beyond the base system. */
const PACKAGES = ["redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"]
const ADVICE = `Install Redis (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or name its program in REDIS_SERVER.`

/** A Redis of its own, with nothing in it. @param dir where it is unpacked to and writes its log */
export async function startRedis(dir: string): Promise<Redis> {
  mkdirSync(dir, { recursive: true })
  const { command, env } = programOf(dir)
  const port = await findFreePort()
  const server = new ServerProcess({
    name: `Redis on port ${port}`,
    command,
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    cwd: dir,
    env: serverEnvironment(env),
    logFile: join(dir, "redis.log"),
    healthy: () => answersPing(port),
    readyTimeoutMs: 20_000,
    stopSignal: "SIGTERM",
  })
  await server.start()
  return Object.assign(server, { url: `redis://127.0.0.1:${port}` })
}

type Program = { command: string; env: Record<string, string> }

/** The machine's own Redis; otherwise Debian's packages, unpacked beside the test's data: that takes no root. */
function programOf(dir: string): Program {
  const named = process.env["REDIS_SERVER"]
  if (named) return { command: named, env: {} }
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "redis-server"))
    .find((file) => existsSync(file))
  if (found) return { command: found, env: {} }

  const root = join(dir, "root")
  const command = join(root, "usr", "bin", "redis-server")
  if (!existsSync(command)) unpack(dir, root)
  const libraries = join(root, "usr", "lib")
  const folders = readdirSync(libraries).map((name) => join(libraries, name))
  return { command, env: { LD_LIBRARY_PATH: folders.join(delimiter) } }
}

function unpack(dir: string, root: string): void {
  rmSync(root, { recursive: true, force: true })
  const run = (command: string, args: string[]): void => {
    const { status, stderr, error } = spawnSync(command, args, { cwd: dir, encoding: "utf8" })
    if (status !== 0)
      throw new Error(`There is no redis-server, and "${command}" brought none: ${error?.message ?? stderr}\n${ADVICE}`)
  }
  run("apt-get", ["download", ...PACKAGES])
  const files = readdirSync(dir).filter((name) => name.endsWith(".deb"))
  for (const file of files) run("dpkg-deb", ["-x", file, root])
  for (const file of files) rmSync(join(dir, file))
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write("PING\r\n"))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once("data", (data) => {
      resolve(data.toString().startsWith("+PONG"))
      socket.destroy()
    })
    socket.once("error", () => resolve(false))
    socket.once("close", () => resolve(false))
  })
}
