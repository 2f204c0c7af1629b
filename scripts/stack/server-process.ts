import { spawn, type ChildProcess } from "node:child_process"
import { closeSync, mkdirSync, openSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { logTail } from "./log-tail.ts"
import { forgetReaping, reapLater } from "./reaper.ts"

const pollMs = 100
const graceMs = 15_000

export type ServerSpec = {
  name: string
  command: string
  args: string[]
  cwd: string
  env: Record<string, string>
  /** Receives stdout and stderr; appended to, so that a restart keeps what came before. */
  logFile: string
  /** Asked every 100 ms until it answers true. A throw counts as "not yet". */
  healthy: () => Promise<boolean>
  readyTimeoutMs: number
  stopSignal: NodeJS.Signals
  uid?: number
  gid?: number
}

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

const running = new Set<ServerProcess>()

/** A server in a process group of its own. */
export class ServerProcess {
  readonly spec: ServerSpec
  #child: ChildProcess | undefined
  #exited: Promise<Exit> = Promise.resolve({ code: 0, signal: null })

  constructor(spec: ServerSpec) {
    this.spec = spec
  }

  /** The current process; undefined while it does not run. */
  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get exited(): Promise<Exit> {
    return this.#exited
  }

  get logFile(): string {
    return this.spec.logFile
  }

  log(): Promise<string> {
    return readFile(this.spec.logFile, "utf8")
  }

  /** Starts it and waits until it is healthy. */
  async start(): Promise<void> {
    this.launch()
    await this.ready()
  }

  /** Starts it without waiting, for tests that look at the time before it is ready. */
  launch(): void {
    if (this.running) throw new Error(`${this.spec.name} is running already (pid ${this.pid}).`)
    mkdirSync(dirname(this.spec.logFile), { recursive: true })
    const log = openSync(this.spec.logFile, "a")
    const { command, args, cwd, env, uid, gid } = this.spec
    const child = spawn(command, args, { cwd, env, uid, gid, detached: true, stdio: ["ignore", log, log] })
    closeSync(log)
    this.#child = child
    const { pid } = child
    if (pid !== undefined) reapLater(pid, this.spec.stopSignal)
    running.add(this)
    this.#exited = new Promise((resolve) => {
      const ended = (exit: Exit) => {
        if (pid !== undefined) forgetReaping(pid)
        running.delete(this)
        resolve(exit)
      }
      child.once("exit", (code, signal) => ended({ code, signal }))
      child.once("error", () => ended({ code: null, signal: null }))
    })
  }

  /** @throws Error with the end of the log when the server ends or is not healthy in time */
  async ready(): Promise<void> {
    const { name, healthy, readyTimeoutMs, logFile } = this.spec
    const deadline = Date.now() + readyTimeoutMs
    while (this.running && this.pid !== undefined) {
      if (await healthy().catch(() => false)) return
      if (Date.now() > deadline) {
        await this.kill()
        throw new Error(`${name} was not healthy after ${readyTimeoutMs / 1000} s.\n${await logTail(logFile)}`)
      }
      await new Promise((wake) => setTimeout(wake, pollMs))
    }
    const exit = await this.#exited
    throw new Error(
      `${name} ended while it was starting (${exit.signal ?? `exit code ${exit.code}`}).\n${await logTail(logFile)}`,
    )
  }

  /** Sends a signal to the whole group, without waiting (SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) throw new Error(`${this.spec.name} is not running.`)
    signalGroup(this.pid, signal)
  }

  /** Ends it by `signal`, SIGKILL unless told otherwise, and waits for its end. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Exit> {
    const { pid } = this
    if (pid === undefined) return this.#exited
    signalGroup(pid, signal)
    // A stopped process acts on no signal but SIGKILL.
    if (signal !== "SIGKILL") signalGroup(pid, "SIGCONT")
    const exit = await this.#exited
    signalGroup(pid, "SIGKILL")
    return exit
  }

  /** Asks it to end, and after 15 s makes it. */
  async stop(): Promise<Exit> {
    const { pid } = this
    if (pid === undefined) return this.#exited
    const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs)
    return this.kill(this.spec.stopSignal).finally(() => clearTimeout(timer))
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }
}

/** Stops every server that this process has started, the youngest first. */
export async function stopAll(): Promise<void> {
  for (const server of [...running].reverse()) await server.stop()
}

/** On Ctrl-C or SIGTERM: stops everything in order, then ends this process. A second Ctrl-C ends it at once. */
export function stopAllOnSignal(): void {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
  for (const [signal, code] of Object.entries(codes)) {
    process.once(signal, () => {
      void stopAll().finally(() => process.exit(code))
    })
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
