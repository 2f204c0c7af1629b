export { compareLinksWorkflow } from "./compare-links"
export { repairRecordsWorkflow } from "./repair-records"
export { resumeSyncWorkflow, type ResumeSyncInput } from "./resume-sync"
