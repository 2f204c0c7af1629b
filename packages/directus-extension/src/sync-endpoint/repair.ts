import { InvalidPayloadError, ServiceUnavailableError } from "@directus/errors"
import type { Response } from "express"
import { compareLinks, repairRecords, reportDrift, SyncError } from "medusa-directus-core"
import { z } from "zod"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { parseQuery } from "./page"

const driftQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) })

const thisSideWins = z.boolean().optional()
const repairSchema = z.union([
  z.strictObject({ all: z.literal(true), thisSideWins }),
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

/** GET /medusa-sync/drift?limit=200 → `{ data: Drift[], meta: { count, limit } }`: what a sweep would find; marks nothing. */
export async function showDrift(req: DirectusRequest, res: Response): Promise<void> {
  const { ports, newAmong } = await runningSync()
  const { limit } = parseQuery(driftQuery, req.query)
  const { count, drifts } = await reportDrift(ports, { newAmong }, limit)
  res.json({ data: drifts, meta: { count, limit } })
}

/** POST /medusa-sync/repair → `{ data: { marked } }`: these records, or all that drifted, are sent. */
export async function repair(req: DirectusRequest, res: Response): Promise<void> {
  const sync = await runningSync()
  const body = repairSchema.safeParse(req.body)
  const kinds = sync.ports.config.entities
  const unknown =
    body.success && "records" in body.data ? body.data.records.find(({ entity }) => !kinds.has(entity)) : undefined
  if (!body.success || unknown)
    throw new InvalidPayloadError({
      reason: `Send {"all": true} or {"records": [{"entity": "product", "id": "…"}]}, and "thisSideWins": true to tell all fields again. Kinds are ${[...kinds.keys()].join(", ")}`,
    })
  const marked = await repairRecords(sync.ports, sync, body.data)
  sync.wake()
  res.json({ data: { marked } })
}
