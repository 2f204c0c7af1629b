import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { answerMessage } from "../../../answer-message"

/** The same for senders with a secret API key. A person's login opens the admin, and is no reason to trust a message. */
export const POST = (req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> =>
  answerMessage(req, res, req.auth_context.actor_type === "api-key")
