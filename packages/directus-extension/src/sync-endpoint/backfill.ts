import type { Response } from "express"
import { readBackfill, startBackfill, steerBackfill } from "medusa-directus-core/host"
import { z } from "zod"
import type { HostContext } from "../host-context"
import { answerInTime } from "./answer-in-time"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { parseBody } from "./parse-body"

export const kinds = z.array(name).min(1).optional()
/** Both ways to it take the same. */
export const backfillActions = [
  z.strictObject({
    action: z.literal("start"),
    kinds,
    perMinute: z.number().int().min(1).optional(),
    publish: z.boolean().optional(),
    leaveDeleted: z.boolean().optional(),
  }),
  z.strictObject({ action: z.enum(["pause", "resume", "cancel"]) }),
] as const
const bodySchema = z.discriminatedUnion("action", [
  ...backfillActions,
  z.strictObject({ action: z.literal("preview"), kinds }),
])

/** GET /medusa-sync/backfill → `{ data: BackfillProgress | null }` */
export const showBackfill = async (_req: DirectusRequest, res: Response) => {
  const { ports } = await runningSync()
  res.json({ data: await readBackfill(ports) })
}

/** POST /medusa-sync/backfill: steers the backfill, or says what one would do: 202 with the job when that takes long. */
export const steer = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const { ports, wake } = await runningSync()
  const body = parseBody(
    bodySchema,
    req.body,
    'Send {"action": "start", "kinds": ["product"], "perMinute": 600, "publish": true} (all but the action may be left out), or "pause", "resume", "cancel" or "preview" as the action',
  )
  if (body.action === "preview")
    return answerInTime(context, req, res, "preview", { kinds: body.kinds }, (preview) => ({ data: preview }))
  if (body.action === "start") await startBackfill(ports, body)
  else await steerBackfill(ports, body.action)
  wake()
  res.json({ data: await readBackfill(ports) })
}
