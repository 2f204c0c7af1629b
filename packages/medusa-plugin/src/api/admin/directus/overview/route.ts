import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { Overview } from "../../../../operate/overview"

/** Always 200, also while the sync stands still: the page that shows it is where people go then. */
export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ overview: Overview }>,
): Promise<void> => {
  res.json({ overview: await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).readOverview() })
}
