import {
  describeRecords,
  resultOf,
  type DriftReport,
  type Job,
  type JobKind,
  type JobKinds,
  type WalkKind,
} from "medusa-directus-core/host"
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { NamedReport, ToldJob } from "../../../../operate/overview"
import { nameOf } from "../name-of"
import { answering } from "../refusals"
import { whoAsks } from "../who-asks"

/** A script that waits for a job in one request waits so many milliseconds; then it is told how to read it. */
const PATIENCE = 10_000

/** The last job of its kind as a person reads it. @param limit - of the records that a look for drift names */
export async function tellJob(
  sync: DirectusSyncModuleService,
  kind: JobKind,
  limit = Infinity,
): Promise<ToldJob | null> {
  const job = await sync.jobs().read(kind)
  return job && asTold(sync, job, limit)
}

async function asTold(sync: DirectusSyncModuleService, job: Job, limit: number): Promise<ToldJob> {
  const { result } = job
  if (!("drifts" in result)) return { ...job, result }
  return { ...job, result: await withNames(sync, { ...result, drifts: result.drifts.slice(0, limit) }) }
}

/** Each drift by the name of its record. */
export async function withNames(sync: DirectusSyncModuleService, report: DriftReport): Promise<NamedReport> {
  const described = await describeRecords(sync.ports(), report.drifts)
  return { ...report, drifts: report.drifts.map((drift, i) => ({ ...drift, title: nameOf(described[i]) })) }
}

/** Answers a route of the time before there were jobs: with the result when it is there in time, otherwise 202 with the job. */
export async function answerInTime<Kind extends WalkKind, Answer>(
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<Answer | { job: ToldJob }>,
  kind: Kind,
  parameters: JobKinds[Kind]["parameters"],
  answer: (result: JobKinds[Kind]["result"], sync: DirectusSyncModuleService) => Answer | Promise<Answer>,
): Promise<void> {
  const sync = req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const told = await answering(async () => {
    const job = await sync.jobs().runNow(kind, parameters, await whoAsks(req), PATIENCE)
    const result = resultOf(job)
    if (result !== null) return { status: 200, body: await answer(result, sync) }
    return { status: 202, body: { job: await asTold(sync, job as Job, 0) } }
  })
  res.status(told.status).json(told.body)
}
