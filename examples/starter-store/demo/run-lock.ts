import { requireFreePort } from "../../../scripts/stack/index.ts"
import type { DemoOptions } from "./arguments.ts"
import { dataFolder, readData, removeData, writeData } from "./data-folder.ts"
import { eventually } from "./eventually.ts"

/** Who uses the data folder. */
type Run = { pid: number; postgres?: number }

const lock = "running.json"
/** After a kill -9 what the demo had started is ended for it, within this time. */
const leftoverMs = 20_000

/** @throws Error when another demo runs on this folder, or a port is taken */
export async function takeDataFolder(ports: DemoOptions): Promise<void> {
  const last = readData<Run>(lock)
  if (last && last.pid !== process.pid && lives(last.pid))
    throw new Error(
      `The demo runs already (process ${last.pid}). Stop it with Ctrl-C first. If that process is something else, delete ${dataFolder}${lock}`,
    )
  const free = () => requireFreePorts(ports)
  if (last) {
    const ended = () => free().then(() => last.postgres === undefined || !lives(last.postgres))
    await eventually("the last run has ended", ended, { within: leftoverMs }).catch(free)
  } else await free()
  writeData(lock, { pid: process.pid } satisfies Run)
}

export function notePostgres(pid: number | undefined): void {
  writeData(lock, { pid: process.pid, postgres: pid } satisfies Run)
}

export function leaveDataFolder(): void {
  if (readData<Run>(lock)?.pid === process.pid) removeData(lock)
}

async function requireFreePorts({
  medusaPort,
  directusPort,
  storefrontPort,
  postgresPort,
}: DemoOptions): Promise<void> {
  await requireFreePort(medusaPort, "Medusa", "--medusa-port <port>")
  await requireFreePort(directusPort, "Directus", "--directus-port <port>")
  await requireFreePort(storefrontPort, "The storefront", "--storefront-port <port>")
  if (postgresPort !== undefined) await requireFreePort(postgresPort, "PostgreSQL", "--postgres-port <port>")
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
