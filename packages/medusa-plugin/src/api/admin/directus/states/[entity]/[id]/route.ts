import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { RecordState } from "../../../../../../operate/record-state"
import { readRecordState } from "../../../read-record-state"
import { answering } from "../../../refusals"

/** How one record is: all that its page shows, in one answer. */
export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ state: RecordState }>,
): Promise<void> => {
  const { entity = "", id = "" } = req.params
  res.json({ state: await answering(() => readRecordState(req.scope, entity, id)) })
}
