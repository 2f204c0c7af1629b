import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { ConnectionCheck } from "medusa-directus-core/host"
import { checkConnectionWorkflow } from "../../../../workflows/check-connection"
import { answering } from "../refusals"

/** Greets Directus now, and says how far that got. */
export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ checks: ConnectionCheck[] }>,
): Promise<void> => {
  const { result } = await answering(() => checkConnectionWorkflow(req.scope).run())
  res.json({ checks: result })
}
