import type { BackfillProgress, HeldJob, Job, JobKinds, WalkKind } from "../operate/job.ts"
import { SyncError } from "../errors.ts"

const NAMES: Record<HeldJob["kind"], string> = {
  drift: "A look for drift",
  repair: "A repair of all records",
  preview: "A preview",
}

export const underWay = ({ kind, by, startedAt, done, total }: HeldJob): SyncError =>
  new SyncError(
    "already_running",
    `${NAMES[kind]} is under way since ${startedAt}${by === null ? "" : `, started by ${by}`} (${String(done)} of ${String(total)} records). Wait for its result, or cancel it first.`,
  )

/** What people and programs see of a job. */
export const shown = (
  { id, kind, parameters, state, by, startedAt, endedAt, done, total, error }: HeldJob,
  result: unknown,
): Job => ({ id, kind, parameters, state, by, startedAt, endedAt, done, total, error, result: result as Job["result"] })

/** A backfill is the same to whoever looks at it, although it lies in the control row and goes at the sender's pace. */
export function lastBackfill(progress: BackfillProgress | null): Job<"backfill"> | null {
  if (!progress) return null
  const { id, state, kinds, perMinute, startedAt, endedAt, done, total } = progress
  const parameters = { kinds, ...(perMinute === null ? {} : { perMinute }) }
  const job = { id, kind: "backfill" as const, parameters, state, by: null, startedAt, endedAt, done, total }
  return { ...job, result: progress, error: null }
}

/**
 * For who waited for it in one request.
 *
 * @returns what it has found; `null` while it is under way.
 * @throws SyncError that says why there is none.
 */
export function resultOf<Kind extends WalkKind>(job: Job<Kind> | null): JobKinds[Kind]["result"] | null {
  if (job?.error) throw new SyncError(job.error.code, job.error.message)
  if (job?.state === "cancelled") throw new SyncError("interrupted", "Somebody has cancelled it meanwhile.")
  return job?.state === "done" ? job.result : null
}
