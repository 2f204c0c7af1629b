import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { RecordState } from "../../../../../../../record-state"
import { syncRecordWorkflow } from "../../../../../../../workflows/sync-record"
import { readRecordState } from "../../../../read-record-state"
import { answering } from "../../../../refusals"

/** Looks at the record now and tells Directus what it has not heard; one that is stopped or left alone is taken up again. */
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
