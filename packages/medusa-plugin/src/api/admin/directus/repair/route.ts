import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { ToldJob } from "../../../../operate/overview"
import { repairRecordsWorkflow } from "../../../../workflows/repair-records"
import { answerInTime } from "../jobs/tell-job"
import type { RepairBody } from "../validators"

/** Tells Directus of these records, or of all that drifted. 202 with the job when that takes long: see `jobs/repair`. */
export const POST = async (
  req: AuthenticatedMedusaRequest<RepairBody>,
  res: MedusaResponse<{ marked: number } | { job: ToldJob }>,
): Promise<void> => {
  const { validatedBody: body } = req
  if ("all" in body) {
    const { thisSideWins, leaveDeleted } = body
    return answerInTime(req, res, "repair", { thisSideWins, leaveDeleted }, (result) => result)
  }
  const { result } = await repairRecordsWorkflow(req.scope).run({ input: body })
  res.json({ marked: result })
}
