import { logTail } from "./log-tail.ts"
import { ServerProcess } from "./server-process.ts"

export type OneShot = {
  name: string
  command: string
  args: string[]
  cwd: string
  env: Record<string, string>
  logFile: string
  timeoutMs: number
  uid?: number
  gid?: number
}

/** Runs a command to its end. @throws Error with the end of its log unless its exit code is 0 */
export async function runToEnd({ timeoutMs, ...command }: OneShot): Promise<void> {
  const child = new ServerProcess({
    ...command,
    healthy: () => Promise.resolve(true),
    readyTimeoutMs: timeoutMs,
    stopSignal: "SIGTERM",
  })
  child.launch()
  let late = false
  const timer = setTimeout(() => {
    late = true
    void child.kill()
  }, timeoutMs)
  const { code, signal } = await child.exited
  clearTimeout(timer)
  if (code === 0) return
  const how = late ? `did not end within ${timeoutMs / 1000} s` : `failed (${signal ?? `exit code ${code}`})`
  throw new Error(`${command.name} ${how}.\n${await logTail(command.logFile)}`)
}
