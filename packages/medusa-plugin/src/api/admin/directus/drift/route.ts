import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { describeRecords, type DriftReport } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { NamedDrift } from "../../../../overview"
import { nameOf } from "../name-of"
import type { DriftQuery } from "../validators"

/** What a sweep would find, each by its name; marks nothing. */
export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, DriftQuery>,
  res: MedusaResponse<DriftReport & DriftQuery & { drifts: NamedDrift[] }>,
): Promise<void> => {
  const { limit } = req.validatedQuery as DriftQuery
  const sync = req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const report = await sync.reportDrift(limit)
  const described = await describeRecords(sync.ports(), report.drifts)
  const drifts = report.drifts.map((drift, i) => ({ ...drift, title: nameOf(described[i]) }))
  res.json({ ...report, drifts, limit })
}
