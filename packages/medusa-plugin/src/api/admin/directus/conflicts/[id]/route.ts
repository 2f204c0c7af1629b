import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { resolveConflictWorkflow } from "../../../../../workflows/resolve-conflict"
import * as queryConfig from "../../query-config"
import { answering } from "../../refusals"
import type { DecisionBody } from "../../validators"
import { withValues, type ConflictRow } from "../read-conflicts"

/** Decides a conflict, and answers it as it is then. */
export const POST = async (
  req: AuthenticatedMedusaRequest<DecisionBody>,
  res: MedusaResponse<{ conflict: ConflictRow | undefined }>,
): Promise<void> => {
  const { id = "" } = req.params
  const { decision, ...rest } = req.validatedBody
  const input = { id, decision, value: "value" in rest ? rest.value : null, by: req.auth_context.actor_id }
  await answering(() => resolveConflictWorkflow(req.scope).run({ input }))
  const { data } = await req.scope
    .resolve(ContainerRegistrationKeys.QUERY)
    .graph({ entity: "directus_sync_conflict", fields: queryConfig.conflicts.defaults, filters: { id } })
  const [conflict] = await withValues(req.scope, data as ConflictRow[])
  res.json({ conflict })
}
