import { InvalidPayloadError } from "@directus/errors"
import type { Response } from "express"
import { resumeByPerson, retryQuarantined } from "medusa-directus-core/host"
import { z } from "zod"
import { databaseHome } from "../ports/database-home"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { readStatus } from "./status"

const bodySchema = z.strictObject({
  /** Medusa's database is another one than before, and that is right: take the next one that answers. */
  acceptPeerEpoch: z.literal(true).optional(),
  /** The deletes that stopped the sync are meant. */
  acceptDeletes: z.literal(true).optional(),
  /** The database is on another server than before, and is no copy. */
  database: z.literal("moved").optional(),
  /** Send the quarantined records again. */
  retryQuarantined: z.literal(true).optional(),
})

/** POST /medusa-sync/resume: ends a pause and the rest after failures, and answers as the status does. */
export const resume = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const sync = await runningSync()
  const body = bodySchema.safeParse(req.body ?? {})
  if (!body.success)
    throw new InvalidPayloadError({
      reason:
        'Send {}, {"acceptPeerEpoch": true}, {"acceptDeletes": true}, {"database": "moved"} or {"retryQuarantined": true}',
    })
  const { database, acceptPeerEpoch, acceptDeletes } = body.data
  const home = database ? await databaseHome(context.database, sync.dialect) : undefined
  await resumeByPerson(sync.ports, { acceptPeerEpoch, acceptDeletes, home })
  if (body.data.retryQuarantined) await retryQuarantined(sync.ports)
  sync.wake()
  res.json({ data: await readStatus(context) })
}
