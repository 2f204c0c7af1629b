import { InvalidPayloadError } from "@directus/errors"
import type { RequestHandler } from "express"
import { whyImpossible } from "medusa-directus-core/host"

/** Messages of Medusa are judged by the engine, over the bytes that came. */
const MESSAGES = ["/records", "/content"]

/** Before every route: none of them has to think of ids that no database keeps. */
export const possibleOnly: RequestHandler = (req, _res, next) => {
  const why = MESSAGES.includes(req.path) ? null : whyImpossible(req)
  next(why === null ? undefined : new InvalidPayloadError({ reason: why }))
}
