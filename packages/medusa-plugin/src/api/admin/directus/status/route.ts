import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { SyncStatus } from "../../../../operate/status"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ status: SyncStatus }>,
): Promise<void> => {
  res.json({ status: await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).readStatus() })
}
