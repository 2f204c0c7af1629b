import type { Response } from "express"
import { healthWhenOff, readHealth, statusOf } from "medusa-directus-core/host"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { currentSync } from "./current-sync"

/** GET /medusa-sync/health: 200 while it syncs, 503 when it stands still. */
export const showHealth =
  ({ services, getSchema }: HostContext) =>
  async ({ accountability = null }: DirectusRequest, res: Response) => {
    const sync = await currentSync()
    const server = new services.ServerService({ schema: await getSchema(), accountability })
    const { version } = (await server.serverInfo()) as { version?: string }
    const host = version ?? null
    const health =
      sync.kind === "running" ? await readHealth(sync.ports, host) : healthWhenOff("directus", sync.reason, host)
    res.status(statusOf(health)).json({ data: health })
  }
