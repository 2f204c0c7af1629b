export { releaseRecordsWorkflow, type ReleaseRecordsInput } from "./release-records"
export { resolveConflictWorkflow, type ResolveConflictInput } from "./resolve-conflict"
export { resumeSyncWorkflow, type ResumeSyncInput } from "./resume-sync"
export { steerBackfillWorkflow, type SteerBackfillInput } from "./steer-backfill"
