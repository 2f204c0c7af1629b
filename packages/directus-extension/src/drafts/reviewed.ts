import type { Accountability } from "@directus/types"
import type { Application } from "express"
import { sharedState } from "../shared-state"

type Requested = { accountability?: Accountability | null; body?: unknown }

/**
 * Before the routes of Directus: who compares a version with its item sends the names of the fields to publish, and only
 * the request tells.
 */
export function noteReviews(app: Pick<Application, "post">): void {
  app.post("/versions/:pk/promote", (request, _response, next) => {
    const { accountability, body } = request as Requested
    const fields = (body as { fields?: unknown } | undefined)?.fields
    if (accountability && Array.isArray(fields)) (sharedState().reviews ??= new WeakSet()).add(accountability)
    next()
  })
}

/** Directus hands one request's object around, down to the hooks. */
export const isReviewed = (accountability: Accountability | null): boolean =>
  accountability !== null && sharedState().reviews?.has(accountability) === true
