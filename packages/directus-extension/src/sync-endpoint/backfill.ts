import type { Response } from "express"
import { previewBackfill, readBackfill, startBackfill, steerBackfill, SyncError } from "medusa-directus-core"
import { z } from "zod"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { parseBody } from "./parse-body"

const kinds = z.array(name).min(1).optional()
const bodySchema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("start"), kinds, perMinute: z.number().int().min(1).optional() }),
  z.strictObject({ action: z.literal("preview"), kinds }),
  z.strictObject({ action: z.enum(["pause", "resume", "cancel"]) }),
])

/** GET /medusa-sync/backfill → `{ data: BackfillProgress | null }` */
export const showBackfill = async (_req: DirectusRequest, res: Response) => {
  const { ports } = await runningSync()
  res.json({ data: await readBackfill(ports) })
}

/** POST /medusa-sync/backfill: steers the backfill, or says what one would do. */
export const steer = async (req: DirectusRequest, res: Response) => {
  const { ports, wake } = await runningSync()
  const body = parseBody(
    bodySchema,
    req.body,
    'Send {"action": "start", "kinds": ["product"], "perMinute": 600} (both may be left out), or "pause", "resume", "cancel" or "preview" as the action',
  )
  if (body.action === "preview") {
    const preview = await previewBackfill(ports, body.kinds)
    if (!preview)
      throw new SyncError("peer_unreachable", "Medusa does not answer. Its address and state are in the status.")
    res.json({ data: preview })
    return
  }
  if (body.action === "start") await startBackfill(ports, body)
  else await steerBackfill(ports, body.action)
  wake()
  res.json({ data: await readBackfill(ports) })
}
