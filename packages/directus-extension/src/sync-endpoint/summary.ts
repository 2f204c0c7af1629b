import { ForbiddenError } from "@directus/errors"
import type { Response } from "express"
import { readHealth, type RecordCounts } from "medusa-directus-core/host"
import { z } from "zod"
import { readThroughput, type HourOfWork } from "./throughput"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { currentSync } from "./current-sync"
import { parseQuery } from "./page"

/** What a dashboard shows: counters only. */
export interface Summary {
  state: "ok" | "degraded" | "stopped"
  records: RecordCounts | null
  problems: number
  /** Records that are stopped in Medusa, and the page that lists them; `null` = Medusa does not say. */
  there: { stopped: number; page: string } | null
  hours: HourOfWork[]
}

const query = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 14)
    .default(24),
})

/** GET /medusa-sync/summary?hours=24 → `{ data: Summary }`, for everybody who may use the Studio. */
export const showSummary =
  ({ database }: HostContext) =>
  async (req: DirectusRequest, res: Response): Promise<void> => {
    const { accountability } = req
    if (!accountability?.user || !(accountability.app || accountability.admin)) throw new ForbiddenError()
    const { hours } = parseQuery(query, req.query)
    const sync = await currentSync()
    if (sync.kind !== "running") {
      res.json({ data: { state: "stopped", records: null, problems: 1, there: null, hours: [] } satisfies Summary })
      return
    }
    const health = await readHealth(sync.ports, null)
    const peer = health.details?.peer
    const data: Summary = {
      state: health.state,
      records: health.details?.records ?? null,
      problems: health.problems.length,
      there:
        peer == null ? null : { stopped: peer.stopped, page: `${sync.options.adminUrl}/settings/directus?tab=stopped` },
      hours: await readThroughput(database, sync.ports.now(), hours),
    }
    res.json({ data })
  }
