import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { SyncStatus } from "../../../../operate/status"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { resumeSyncWorkflow } from "../../../../workflows/resume-sync"
import { answering } from "../refusals"
import type { ResumeBody } from "../validators"

/** Ends a pause and closes the breaker. */
export const POST = async (
  req: AuthenticatedMedusaRequest<ResumeBody>,
  res: MedusaResponse<{ status: SyncStatus }>,
): Promise<void> => {
  await answering(() => resumeSyncWorkflow(req.scope).run({ input: req.validatedBody }))
  res.json({ status: await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).readStatus() })
}
