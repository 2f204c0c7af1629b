import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { repairRecordsWorkflow } from "../../../../workflows/repair-records"
import type { RepairBody } from "../validators"

/** Tells Directus of these records, or of all that drifted. */
export const POST = async (
  req: AuthenticatedMedusaRequest<RepairBody>,
  res: MedusaResponse<{ marked: number }>,
): Promise<void> => {
  const { result } = await repairRecordsWorkflow(req.scope).run({ input: req.validatedBody })
  res.json({ marked: result })
}
