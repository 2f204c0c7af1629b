import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { RecordState } from "../../../../../../../operate/record-state"
import { syncRecordWorkflow } from "../../../../../../../workflows/sync-record"
import { readRecordState } from "../../../../read-record-state"
import { answering } from "../../../../refusals"

/** Tells Directus now what it has not heard of the record and its parts; what is stopped is tried again, what is left alone stays so. */
export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ state: RecordState }>,
): Promise<void> => {
  const { entity = "", id = "" } = req.params
  await answering(() =>
    syncRecordWorkflow(req.scope).run({ input: { entity, localId: id, by: req.auth_context.actor_id } }),
  )
  res.json({ state: await answering(() => readRecordState(req.scope, entity, id)) })
}
