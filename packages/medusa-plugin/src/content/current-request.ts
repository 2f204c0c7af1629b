import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { AsyncLocalStorage } from "node:async_hooks"

const requests = new AsyncLocalStorage<Pick<MedusaRequest, "locale">>()

/**
 * Remembers the request for what is done on its behalf: Query tells a module nothing of the locale (2.21). The request
 * itself, since its locale may be read later.
 */
export function rememberRequest(req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void {
  requests.run(req, next)
}

/** The locale of the store request that this is done for; `null` when there is none. */
export const currentLocale = (): string | null => requests.getStore()?.locale ?? null
