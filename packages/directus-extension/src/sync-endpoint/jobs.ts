import { createError } from "@directus/errors"
import type { Response } from "express"
import { startBackfill, steerBackfill, type JobKind } from "medusa-directus-core/host"
import { z } from "zod"
import type { HostContext } from "../host-context"
import { listed } from "./answer-in-time"
import type { DirectusRequest } from "./async-handler"
import { backfillActions, kinds } from "./backfill"
import { runningSync } from "./current-sync"
import { parseQuery } from "./page"
import { parseBody } from "./parse-body"
import { driftQuery } from "./repair"
import { whoAsks } from "./who-asks"

const cancel = z.strictObject({ action: z.literal("cancel") })
const bodies = {
  drift: z.discriminatedUnion("action", [z.strictObject({ action: z.literal("start") }), cancel]),
  repair: z.discriminatedUnion("action", [
    z.strictObject({
      action: z.literal("start"),
      thisSideWins: z.boolean().optional(),
      leaveDeleted: z.boolean().optional(),
    }),
    cancel,
  ]),
  preview: z.discriminatedUnion("action", [
    z.strictObject({ action: z.literal("start"), kinds, leaveDeleted: z.boolean().optional() }),
    cancel,
  ]),
  backfill: z.discriminatedUnion("action", backfillActions),
} satisfies Record<JobKind, z.ZodType>

const NotFoundError = createError(
  "NOT_FOUND",
  `There is no such job. There are ${Object.keys(bodies).join(", ")}.`,
  404,
)

const kindOf = ({ params: { kind = "" } }: DirectusRequest): JobKind => {
  if (Object.hasOwn(bodies, kind)) return kind as JobKind
  throw new NotFoundError()
}

/** GET /medusa-sync/jobs/:kind?limit=200 → `{ data: Job | null }`: the last one, how far it is and what it has found. */
export const showJob = async (req: DirectusRequest, res: Response) => {
  const kind = kindOf(req)
  const { limit } = parseQuery(driftQuery, req.query)
  const { jobs } = await runningSync()
  res.json({ data: listed(await jobs.read(kind), limit) })
}

/** POST /medusa-sync/jobs/:kind → `{ data: Job }`: 202 when it is started; it goes on when nobody waits for it. */
export const steerJob = (context: HostContext) => async (req: DirectusRequest, res: Response) => {
  const kind = kindOf(req)
  const { jobs, ports, wake } = await runningSync()
  const { action, ...parameters } = parseBody<{ action: "start" | "pause" | "resume" | "cancel" }>(
    bodies[kind],
    req.body,
    'Send {"action": "start"} or {"action": "cancel"}; "kinds" go with preview and backfill, "perMinute" with backfill, "thisSideWins" with repair, and "leaveDeleted" with all but drift',
  )
  if (kind === "backfill") {
    await (action === "start" ? startBackfill(ports, parameters) : steerBackfill(ports, action))
    wake()
  } else if (action === "start") await jobs.start(kind, parameters, await whoAsks(context, req))
  else await jobs.cancel(kind)
  res.status(action === "start" ? 202 : 200).json({ data: await jobs.read(kind) })
}
