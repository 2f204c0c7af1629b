import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { RepairReport } from "medusa-directus-core/host"
import { compareLinksWorkflow } from "../../../../workflows/compare-links"

/** Compares all links with Directus's now. */
export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ report: RepairReport }>,
): Promise<void> => {
  const { result } = await compareLinksWorkflow(req.scope).run()
  res.json({ report: result })
}
