import { spawn } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { dirname } from "node:path"

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"]
const graceMs = 15_000
const isWindows = process.platform === "win32"

/**
 * Runs a program in a process group of its own and answers its exit code. A signal goes to the whole
 * group, and what the program leaves behind in its group ends with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, output?: number }} options output: a file descriptor in place of the terminal
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd, env, output }) {
  return new Promise((resolve, reject) => {
    // stdin is closed: a background group that reads the terminal is stopped by the kernel.
    const child = spawn(command, args, {
      cwd,
      env,
      detached: !isWindows,
      stdio: ["ignore", output ?? "inherit", output ?? "inherit"],
    })
    let interrupted
    let timer

    const forward = (signal) => {
      // The second signal is from somebody who does not want to wait.
      signalGroup(child.pid, interrupted ? "SIGKILL" : signal)
      interrupted ??= signal
      timer ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs)
    }
    for (const signal of forwarded) process.on(signal, forward)

    const done = () => {
      clearTimeout(timer)
      for (const signal of forwarded) process.off(signal, forward)
    }
    child.once("error", (error) => {
      done()
      reject(error)
    })
    child.once("exit", async (code, signal) => {
      await endGroup(child.pid)
      done()
      if (interrupted) process.exit(128 + constants.signals[interrupted])
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Lines of a log that are shown when its program fails. */
const shownLines = 60

/**
 * As `run`, with all that the program says in a file. When it fails, the end of the file is printed.
 *
 * @param {string} log path of the file
 */
export async function runQuietly(command, args, { cwd, env, log }) {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, "w")
  try {
    const code = await run(command, args, { cwd, env, output })
    if (code !== 0) console.error(readFileSync(log, "utf8").trimEnd().split("\n").slice(-shownLines).join("\n"))
    return code
  } finally {
    closeSync(output)
  }
}

async function endGroup(pid) {
  if (isWindows || !signalGroup(pid, "SIGTERM")) return
  for (const deadline = Date.now() + graceMs; Date.now() < deadline;) {
    if (!signalGroup(pid, 0)) return
    await new Promise((wake) => setTimeout(wake, 50))
  }
  signalGroup(pid, "SIGKILL")
}

/** @returns {boolean} whether anybody was there to get it */
function signalGroup(pid, signal) {
  try {
    process.kill(isWindows ? pid : -pid, signal)
    return true
  } catch {
    return false
  }
}
