import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { ToldJob } from "../../../../operate/overview"
import { readBackfill, type BackfillProgress, type Preview } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { steerBackfillWorkflow } from "../../../../workflows/steer-backfill"
import { answerInTime } from "../jobs/tell-job"
import { answering } from "../refusals"
import type { BackfillBody } from "../validators"

interface Progress {
  /** `null` when there has been none. */
  backfill: BackfillProgress | null
}

const portsOf = ({ scope }: AuthenticatedMedusaRequest) =>
  scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports()

export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<Progress>): Promise<void> => {
  res.json({ backfill: await answering(() => readBackfill(portsOf(req))) })
}

/** Steers the backfill, or says what one would do: 202 with the job when that takes long, see `jobs/preview`. */
export const POST = async (
  req: AuthenticatedMedusaRequest<BackfillBody>,
  res: MedusaResponse<Progress | { preview: Preview } | { job: ToldJob }>,
): Promise<void> => {
  const { validatedBody: body } = req
  if (body.action === "preview")
    return answerInTime(req, res, "preview", { kinds: body.kinds }, (preview) => ({ preview }))
  await answering(() => steerBackfillWorkflow(req.scope).run({ input: body }))
  res.json({ backfill: await readBackfill(portsOf(req)) })
}
