import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { NamedReport, ToldJob } from "../../../../operate/overview"
import { answerInTime, withNames } from "../jobs/tell-job"
import type { DriftQuery } from "../validators"

/** What changed and told nobody, each by its name, and how much more waits to be sent; marks nothing. 202 with the job when that takes long: see `jobs/drift`. */
export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, DriftQuery>,
  res: MedusaResponse<(NamedReport & DriftQuery) | { job: ToldJob }>,
): Promise<void> => {
  const { limit } = req.validatedQuery as DriftQuery
  await answerInTime(req, res, "drift", {}, async ({ drifts, ...report }, sync) => ({
    ...(await withNames(sync, { ...report, drifts: drifts.slice(0, limit) })),
    limit,
  }))
}
