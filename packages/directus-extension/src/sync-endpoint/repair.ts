import { InvalidPayloadError, ServiceUnavailableError } from "@directus/errors"
import type { Response } from "express"
import { compareLinks, repairRecords, SyncError } from "medusa-directus-core/host"
import { z } from "zod"
import type { HostContext } from "../host-context"
import { answerInTime } from "./answer-in-time"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { parseQuery } from "./page"

export const driftQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) })

const thisSideWins = z.boolean().optional()
const repairSchema = z.union([
  z.strictObject({ all: z.literal(true), thisSideWins, leaveDeleted: z.boolean().optional() }),
  z.strictObject({
    records: z
      .array(z.strictObject({ entity: name, id: name }))
      .min(1)
      .max(1000),
    thisSideWins,
  }),
])

/** POST /medusa-sync/compare → `{ data: RepairReport }`: all links are compared with Medusa's, and put right here. */
export async function compare(_req: DirectusRequest, res: Response): Promise<void> {
  const sync = await runningSync()
  try {
    const report = await compareLinks(sync.ports)
    sync.wake()
    res.json({ data: report })
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    throw new ServiceUnavailableError({ service: "medusa-sync", reason: error.message })
  }
}

/**
 * GET /medusa-sync/drift?limit=200 → `{ data: Drift[], meta: { count, limit, waiting } }`: what changed and told nobody, and how much
 * more waits to be sent; marks nothing.
 * 202 with the job when that takes long.
 */
export const showDrift = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const { limit } = parseQuery(driftQuery, req.query)
  await answerInTime(context, req, res, "drift", {}, ({ count, drifts, waiting }) => ({
    data: drifts.slice(0, limit),
    meta: { count, limit, waiting },
  }))
}

/** POST /medusa-sync/repair → `{ data: { marked } }`: these records, or all that drifted, are sent. Of all, 202 when that takes long. */
export const repair = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const sync = await runningSync()
  const body = repairSchema.safeParse(req.body)
  const kinds = sync.ports.config.entities
  const unknown =
    body.success && "records" in body.data ? body.data.records.find(({ entity }) => !kinds.has(entity)) : undefined
  if (!body.success || unknown)
    throw new InvalidPayloadError({
      reason: `Send {"all": true} or {"records": [{"entity": "product", "id": "…"}]}, and "thisSideWins": true to tell all fields again. Kinds are ${[...kinds.keys()].join(", ")}`,
    })
  if ("all" in body.data) {
    const { thisSideWins, leaveDeleted } = body.data
    return answerInTime(context, req, res, "repair", { thisSideWins, leaveDeleted }, (result) => ({ data: result }))
  }
  const marked = await repairRecords(sync.ports, body.data)
  sync.wake()
  res.json({ data: { marked } })
}
