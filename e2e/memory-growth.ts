import { existsSync, readFileSync } from "node:fs"
import type { ServerProcess } from "../scripts/stack/index.ts"

const MEGABYTE = 1024 * 1024
const HOUR = 3_600_000

/** Lets a host that is not started yet write down its memory. */
export function tellMemory(server: ServerProcess, file: string, every: number): void {
  Object.assign(server.spec.env, {
    NODE_OPTIONS: `--import=${new URL("./stack/tell-memory.mjs", import.meta.url).href}`,
    MEMORY_FILE: file,
    MEMORY_EVERY: String(every),
  })
}

export interface Growth {
  /** Megabytes at the last look. */
  now: number
  /** Megabytes an hour, by the line that fits best, and the standard error of that slope. */
  slope: number
  error: number
  looks: number
}

/** How the memory of the process that runs now has grown since `from`; null: there were too few looks. */
export function readGrowth(server: ServerProcess, file: string, from: number): Growth | null {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []
  const looks = lines
    .map((line) => line.split(" ").map(Number) as [number, number, number])
    .filter(([pid, at]) => pid === server.pid && at >= from)
    .map(([, at, bytes]) => ({ hours: (at - from) / HOUR, megabytes: bytes / MEGABYTE }))
  const count = looks.length
  if (count < 3) return null
  const mean = (of: (look: (typeof looks)[number]) => number) => looks.reduce((sum, look) => sum + of(look), 0) / count
  const [x, y] = [mean(({ hours }) => hours), mean(({ megabytes }) => megabytes)]
  const spread = looks.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
  const slope = looks.reduce((sum, { hours, megabytes }) => sum + (hours - x) * (megabytes - y), 0) / spread
  const off = looks.reduce((sum, { hours, megabytes }) => sum + (megabytes - y - slope * (hours - x)) ** 2, 0)
  return { now: looks.at(-1)?.megabytes ?? 0, slope, error: Math.sqrt(off / (count - 2) / spread), looks: count }
}
