import { spawn } from "node:child_process"
import { constants } from "node:os"

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"]
const graceMs = 15_000
const isWindows = process.platform === "win32"

/**
 * Runs a program in a process group of its own and answers its exit code. A signal goes to the whole
 * group, and what the program leaves behind in its group ends with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    // stdin is closed: a background group that reads the terminal is stopped by the kernel.
    const child = spawn(command, args, {
      cwd,
      env,
      detached: !isWindows,
      stdio: ["ignore", "inherit", "inherit"],
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
