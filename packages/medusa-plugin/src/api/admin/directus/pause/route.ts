import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { SyncStatus } from "../../../../operate/status"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { pauseSyncWorkflow } from "../../../../workflows/pause-sync"
import { answering } from "../refusals"
import type { PauseBody } from "../validators"
import { whoAsks } from "../who-asks"

/** Stops sending, and with `both` taking, until a person resumes it. */
export const POST = async (
  req: AuthenticatedMedusaRequest<PauseBody>,
  res: MedusaResponse<{ status: SyncStatus }>,
): Promise<void> => {
  const input = { ...req.validatedBody, by: await whoAsks(req) }
  await answering(() => pauseSyncWorkflow(req.scope).run({ input }))
  res.json({ status: await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).readStatus() })
}
