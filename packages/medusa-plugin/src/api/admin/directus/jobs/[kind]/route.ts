import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { ToldJob } from "../../../../../operate/overview"
import { MedusaError } from "@medusajs/framework/utils"
import type { BackfillOptions, JobKind, Jobs } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../../modules/directus-sync/service"
import { steerBackfillWorkflow } from "../../../../../workflows/steer-backfill"
import { answering } from "../../refusals"
import type { DriftQuery, JobBody } from "../../validators"
import { whoAsks } from "../../who-asks"
import { tellJob } from "../tell-job"

const KINDS: readonly string[] = ["drift", "repair", "preview", "backfill"] satisfies JobKind[]

/** @throws MedusaError 404 */
function kindOf({ params: { kind = "" } }: AuthenticatedMedusaRequest): JobKind {
  if (KINDS.includes(kind)) return kind as JobKind
  throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no job "${kind}". There are ${KINDS.join(", ")}.`)
}

const syncOf = ({ scope }: AuthenticatedMedusaRequest) => scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)

/** The last job of its kind, how far it is and what it has found; `null` when there has been none. */
export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, DriftQuery>,
  res: MedusaResponse<{ job: ToldJob | null }>,
): Promise<void> => {
  const kind = kindOf(req)
  const { limit } = req.validatedQuery as DriftQuery
  res.json({ job: await answering(() => tellJob(syncOf(req), kind, limit)) })
}

/** Starts or cancels it, and a backfill is paused and resumed too. It goes on when nobody waits for it. */
export const POST = async (
  req: AuthenticatedMedusaRequest<JobBody>,
  res: MedusaResponse<{ job: ToldJob | null }>,
): Promise<void> => {
  const kind = kindOf(req)
  const { action, ...parameters } = req.validatedBody
  await answering(async () => {
    if (kind === "backfill")
      return steerBackfillWorkflow(req.scope).run({ input: { action, ...(parameters as BackfillOptions) } })
    const jobs: Jobs = syncOf(req).jobs()
    return action === "start" ? jobs.start(kind, parameters, await whoAsks(req)) : jobs.cancel(kind)
  })
  res.status(action === "start" ? 202 : 200).json({ job: await answering(() => tellJob(syncOf(req), kind)) })
}
