import { createError } from "@directus/errors"
import type { Accountability } from "@directus/types"
import type { Request, RequestHandler, Response } from "express"
import { STATUS, SyncError } from "medusa-directus-core/host"

/** What Directus's middleware adds to a request. */
export interface DirectusRequest extends Request {
  accountability?: Accountability | null
  /** The body as it came; JSON requests only (Directus >= 11.16). */
  rawBody?: Buffer
}

/** What the engine refuses is answered with its own status and words; Directus answers any other error with 500. */
function asDirectusError(error: unknown): unknown {
  const status = error instanceof SyncError ? STATUS[error.code] : undefined
  if (!(error instanceof SyncError) || status === undefined) return error
  return new (createError(error.code.toUpperCase(), error.message, status))()
}

/** Hands a rejection to Directus's error handler: unhandled, it would end the whole server (Express 4). */
export const asyncHandler =
  (handle: (req: DirectusRequest, res: Response) => Promise<void>): RequestHandler =>
  (req, res, next) => {
    handle(req, res).catch((error: unknown) => {
      next(asDirectusError(error))
    })
  }
