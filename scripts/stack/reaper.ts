import { spawn } from "node:child_process"
import type { Socket } from "node:net"
import { fileURLToPath } from "node:url"

let pipe: Socket | undefined

/** Has the process group ended with `signal` when this process is gone, however it ends. */
export function reapLater(pid: number, signal: NodeJS.Signals): void {
  reaper().write(`+${pid} ${signal}\n`)
}

export function forgetReaping(pid: number): void {
  reaper().write(`-${pid}\n`)
}

function reaper(): Socket {
  if (pipe) return pipe
  const child = spawn(process.execPath, [fileURLToPath(new URL("./reaper.mjs", import.meta.url))], {
    // A group of its own: Ctrl-C in the terminal must not reach it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
  })
  child.unref()
  pipe = child.stdin as unknown as Socket
  pipe.unref()
  return pipe
}
