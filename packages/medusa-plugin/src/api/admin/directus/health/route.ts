import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { statusOf, type Health } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"

/** 200 while it syncs, 503 when it stands still: a monitor needs no more. */
export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ health: Health }>): Promise<void> => {
  const health = await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).readHealth()
  res.status(statusOf(health)).json({ health })
}
