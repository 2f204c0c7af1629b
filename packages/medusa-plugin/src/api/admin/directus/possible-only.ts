import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { whyImpossible } from "medusa-directus-core/host"

/** A message of Directus is judged by the engine, over the bytes that came. */
const MESSAGES = "/records"

/**
 * Before every route below /admin/directus: none of them has to think of ids that no database keeps. A path that is no UTF-8
 * does not come here: Medusa's own middleware for `/admin*` is before any plugin's, and fails over it (2.21).
 */
export function possibleOnly(req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void {
  const why = req.path === MESSAGES ? null : whyImpossible(req)
  next(why === null ? undefined : new MedusaError(MedusaError.Types.INVALID_DATA, why))
}
