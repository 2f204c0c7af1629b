import type { Response } from "express"
import {
  discardRecord,
  listQuarantined,
  retryQuarantined,
  retryRecord,
  type HostPorts,
} from "medusa-directus-core/host"
import { z } from "zod"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { pageSchema, parseQuery } from "./page"
import { parseBody } from "./parse-body"

const one = { entity: name.default("product"), item: name }
const bodySchema = z.union([
  z.strictObject({ action: z.literal("retry_all") }),
  z.strictObject({ action: z.enum(["retry", "discard"]), ...one }),
])

const listSchema = pageSchema.extend({
  /** Of one kind of record. */
  entity: name.optional(),
})

async function answerPage(
  ports: HostPorts,
  { entity, ...page }: z.infer<typeof listSchema>,
  res: Response,
): Promise<void> {
  const offset = (page.page - 1) * page.limit
  const { total, records } = await listQuarantined(ports, { limit: page.limit, offset, kind: entity })
  res.json({ data: records, meta: { total, ...page } })
}

/** GET /medusa-sync/quarantine?page=1&limit=25&entity=product → `{ data: Quarantined[], meta }`: items that wait for a person. */
export const showQuarantine = async (req: DirectusRequest, res: Response) => {
  const { ports } = await runningSync()
  await answerPage(ports, parseQuery(listSchema, req.query), res)
}

/** POST /medusa-sync/quarantine: sends them again, or leaves one alone; answers the first of those that wait then. */
export const release = async (req: DirectusRequest, res: Response) => {
  const { ports, wake } = await runningSync()
  const body = parseBody(
    bodySchema,
    req.body,
    'Send {"action": "retry_all"}, or {"action": "retry" or "discard", "entity": "product", "item": "<id>"}',
  )
  const by = req.accountability?.user
  if (body.action === "retry_all") await retryQuarantined(ports)
  else
    await (body.action === "retry" ? retryRecord : discardRecord)(
      ports,
      { entity: body.entity, localId: body.item },
      by,
    )
  wake()
  await answerPage(ports, listSchema.parse({}), res)
}
