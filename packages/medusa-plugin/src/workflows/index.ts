export { resumeSyncWorkflow, type ResumeSyncInput } from "./resume-sync"
