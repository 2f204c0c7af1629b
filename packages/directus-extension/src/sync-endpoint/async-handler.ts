import type { Accountability } from "@directus/types"
import type { Request, RequestHandler, Response } from "express"

/** What Directus's middleware adds to a request. */
export interface DirectusRequest extends Request {
  accountability?: Accountability | null
  /** The body as it came; JSON requests only (Directus >= 11.16). */
  rawBody?: Buffer
}

/** Hands a rejection to Directus's error handler: unhandled, it would end the whole server (Express 4). */
export const asyncHandler =
  (handle: (req: DirectusRequest, res: Response) => Promise<void>): RequestHandler =>
  (req, res, next) => {
    handle(req, res).catch(next)
  }
