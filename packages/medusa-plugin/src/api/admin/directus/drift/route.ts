import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { DriftReport } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { DriftQuery } from "../validators"

/** What a sweep would find; marks nothing. */
export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, DriftQuery>,
  res: MedusaResponse<DriftReport & DriftQuery>,
): Promise<void> => {
  const { limit } = req.validatedQuery as DriftQuery
  const report = await req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).reportDrift(limit)
  res.json({ ...report, limit })
}
