import type { Response } from "express"
import { resolveConflict, tellResolved, whereFrom } from "medusa-directus-core/host"
import { z } from "zod"
import { readConflict } from "../ports/history-store"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { describeConflicts } from "./history"
import { parseBody } from "./parse-body"

const bodySchema = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("keep") }),
  z.strictObject({ decision: z.literal("take") }),
  z.strictObject({ decision: z.literal("edit"), value: z.json() }),
])

/** POST /medusa-sync/conflicts/:id: decides a conflict, and answers it as it is then. */
export const decide = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const sync = await runningSync()
  const { ports } = sync
  const { id = "" } = req.params
  const { decision, ...rest } = parseBody(
    bodySchema,
    req.body,
    'Send {"decision": "keep"}, {"decision": "take"} or {"decision": "edit", "value": …}',
  )
  const decided =
    decision === "edit" ? { kind: decision, value: "value" in rest ? rest.value : null } : { kind: decision }
  await resolveConflict(ports, id, decided, req.accountability?.user)
  sync.wake()
  // The sender tells it later when Medusa is away.
  void tellResolved(ports).catch((error: unknown) => {
    ports.log.warn(`Medusa was not told of a decision yet: ${whereFrom(error)}`)
  })
  const stored = await readConflict(context.database, id)
  const [conflict] = stored ? await describeConflicts(ports, [stored]) : []
  res.json({ data: conflict })
}
