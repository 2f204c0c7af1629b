import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { previewBackfill, readBackfill, SyncError, type BackfillProgress, type Preview } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { steerBackfillWorkflow } from "../../../../workflows/steer-backfill"
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

/** Steers the backfill, or says what one would do. */
export const POST = async (
  req: AuthenticatedMedusaRequest<BackfillBody>,
  res: MedusaResponse<Progress | { preview: Preview }>,
): Promise<void> => {
  const { validatedBody: body } = req
  if (body.action === "preview") {
    const preview = await answering(async () => {
      const found = await previewBackfill(portsOf(req), body.kinds)
      if (found) return found
      throw new SyncError("peer_unreachable", "Directus does not answer. Its address and state are in the status.")
    })
    res.json({ preview })
    return
  }
  await answering(() => steerBackfillWorkflow(req.scope).run({ input: body }))
  res.json({ backfill: await readBackfill(portsOf(req)) })
}
