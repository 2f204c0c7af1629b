import { readdirSync, readFileSync } from "node:fs"

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100

interface ProcessFigures {
  /** The leader of its group, which is the server that was started. */
  group: number
  command: string
  cpuSeconds: number
  peakMegabytes: number
  megabytes: number
}

function read(pid: string): ProcessFigures | null {
  try {
    const after = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? []
    const status = readFileSync(`/proc/${pid}/status`, "utf8")
    const memory = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
    return {
      group: Number(after[2]),
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8"),
      cpuSeconds: (Number(after[11]) + Number(after[12])) / TICKS,
      peakMegabytes: Math.round(memory("VmHWM")),
      megabytes: Math.round(memory("VmRSS")),
    }
  } catch {
    // It has ended meanwhile.
    return null
  }
}

const processes = (): ProcessFigures[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(pid) ?? [])

/** A server with what it started: what it has used of the processor so far, and its memory, the largest process's. */
export function serverFigures(leader: number | undefined): Omit<ProcessFigures, "group" | "command"> {
  const group = processes().filter((process) => process.group === leader)
  return {
    cpuSeconds: group.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMegabytes: Math.max(0, ...group.map(({ peakMegabytes }) => peakMegabytes)),
    megabytes: Math.max(0, ...group.map(({ megabytes }) => megabytes)),
  }
}

/** What PostgreSQL's connections to a database that are open now have used of the processor. */
export const databaseCpuSeconds = (database: string): number =>
  processes()
    .filter(({ command }) => command.startsWith("postgres: ") && command.includes(` ${database} `))
    .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
