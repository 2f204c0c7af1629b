import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { MappedKind } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import { answering } from "../refusals"

/** Which field of Medusa is which field of Directus, and who may change it. */
export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ mapping: MappedKind[] }>,
): Promise<void> => {
  const sync = req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  res.json({ mapping: await answering(() => Promise.resolve(sync.readMapping())) })
}
