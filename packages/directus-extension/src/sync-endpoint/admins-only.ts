import { ForbiddenError } from "@directus/errors"
import type { RequestHandler } from "express"
import type { DirectusRequest } from "./async-handler"

/** A custom endpoint is public unless it checks. */
export const adminsOnly: RequestHandler = (req, _res, next) => {
  next((req as DirectusRequest).accountability?.admin === true ? undefined : new ForbiddenError())
}
