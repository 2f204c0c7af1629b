import type { Response } from "express"
import { resultOf, type Job, type JobKinds, type WalkKind } from "medusa-directus-core/host"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { whoAsks } from "./who-asks"

/** A script that waits for a job in one request waits so many milliseconds; then it is told how to read it. */
const PATIENCE = 10_000

/** Of the records that differ so many are named. */
export function listed(job: Job | null, limit: number): Job | null {
  if (!job || !("drifts" in job.result)) return job
  return { ...job, result: { ...job.result, drifts: job.result.drifts.slice(0, limit) } }
}

/** Answers a route of the time before there were jobs: with the result when it is there in time, otherwise 202 with the job. */
export async function answerInTime<Kind extends WalkKind>(
  context: HostContext,
  req: DirectusRequest,
  res: Response,
  kind: Kind,
  parameters: JobKinds[Kind]["parameters"],
  answer: (result: JobKinds[Kind]["result"]) => unknown,
): Promise<void> {
  const { jobs } = await runningSync()
  const job = await jobs.runNow(kind, parameters, await whoAsks(context, req), PATIENCE)
  const result = resultOf(job)
  if (result === null) res.status(202).json({ data: listed(job, 0), meta: { job: `/medusa-sync/jobs/${kind}` } })
  else res.json(answer(result))
}
