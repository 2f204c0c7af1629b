import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { answerMessage } from "../../answer-message"

/** Directus's messages. Public: the signature is the guard. */
export const POST = (req: MedusaRequest, res: MedusaResponse): Promise<void> => answerMessage(req, res, false)
