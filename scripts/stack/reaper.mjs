// Ends what a stack has started when its owner is gone, also by SIGKILL. The owner writes
// "+<pid> <signal>" and "-<pid>"; the end of stdin is the owner's end.
import { createInterface } from "node:readline"

const graceMs = 10_000
const groups = new Map()

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {})

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [pid, signal] = line.slice(1).split(" ")
    if (line.startsWith("+")) groups.set(Number(pid), signal)
    else groups.delete(Number(pid))
  })
  .on("close", async () => {
    for (const [pid, signal] of groups) signalGroup(pid, signal)
    for (const deadline = Date.now() + graceMs; Date.now() < deadline;) {
      if (![...groups.keys()].some((pid) => signalGroup(pid, 0))) break
      await new Promise((wake) => setTimeout(wake, 50))
    }
    for (const pid of groups.keys()) signalGroup(pid, "SIGKILL")
    process.exit(0)
  })
