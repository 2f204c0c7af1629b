import { defineEndpoint } from "@directus/extensions-sdk"
import { adminsOnly } from "./admins-only"
import { asyncHandler } from "./async-handler"
import { showBackfill, steer } from "./backfill"
import { check, pause, showMapping } from "./connection"
import { takeQuestion } from "./content"
import { decide } from "./decide"
import { showHealth } from "./health"
import { showConflicts, showJournal } from "./history"
import { send, showItemState, showStates } from "./item-state"
import { showJob, steerJob } from "./jobs"
import { possibleOnly } from "./possible-only"
import { showPeerInbox } from "./peer-inbox"
import { release, showQuarantine } from "./quarantine"
import { compare, repair, showDrift } from "./repair"
import { takeRecords } from "./records"
import { resume } from "./resume"
import { showStatus } from "./status"
import { showSummary } from "./summary"

export default defineEndpoint({
  id: "medusa-sync",
  handler: (router, context) => {
    router.use(possibleOnly)
    router.post("/records", asyncHandler(takeRecords))
    router.post("/content", asyncHandler(takeQuestion))
    router.get("/state", asyncHandler(showItemState(context)))
    router.post("/states", asyncHandler(showStates(context)))
    router.get("/summary", asyncHandler(showSummary(context)))
    router.post("/send", adminsOnly, asyncHandler(send(context)))
    router.get("/status", adminsOnly, asyncHandler(showStatus(context)))
    router.get("/health", adminsOnly, asyncHandler(showHealth(context)))
    router.get("/conflicts", adminsOnly, asyncHandler(showConflicts(context)))
    router.post("/conflicts/:id", adminsOnly, asyncHandler(decide(context)))
    router.get("/peer/conflicts", adminsOnly, asyncHandler(showPeerInbox))
    router.get("/backfill", adminsOnly, asyncHandler(showBackfill))
    router.post("/backfill", adminsOnly, asyncHandler(steer(context)))
    router.get("/jobs/:kind", adminsOnly, asyncHandler(showJob))
    router.post("/jobs/:kind", adminsOnly, asyncHandler(steerJob(context)))
    router.get("/quarantine", adminsOnly, asyncHandler(showQuarantine))
    router.post("/quarantine", adminsOnly, asyncHandler(release))
    router.get("/journal", adminsOnly, asyncHandler(showJournal(context)))
    router.get("/drift", adminsOnly, asyncHandler(showDrift(context)))
    router.post("/compare", adminsOnly, asyncHandler(compare))
    router.post("/repair", adminsOnly, asyncHandler(repair(context)))
    router.get("/mapping", adminsOnly, asyncHandler(showMapping(context)))
    router.post("/check", adminsOnly, asyncHandler(check))
    router.post("/pause", adminsOnly, asyncHandler(pause(context)))
    router.post("/resume", adminsOnly, asyncHandler(resume(context)))
  },
})
