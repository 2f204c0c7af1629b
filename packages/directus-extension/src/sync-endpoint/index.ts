import { defineEndpoint } from "@directus/extensions-sdk"
import { adminsOnly } from "./admins-only"
import { asyncHandler } from "./async-handler"
import { showBackfill, steer } from "./backfill"
import { decide } from "./decide"
import { showHealth } from "./health"
import { showConflicts, showJournal } from "./history"
import { release, showQuarantine } from "./quarantine"
import { compare, repair, showDrift } from "./repair"
import { takeRecords } from "./records"
import { resume } from "./resume"
import { showStatus } from "./status"

export default defineEndpoint({
  id: "medusa-sync",
  handler: (router, context) => {
    router.post("/records", asyncHandler(takeRecords))
    router.get("/status", adminsOnly, asyncHandler(showStatus(context)))
    router.get("/health", adminsOnly, asyncHandler(showHealth(context)))
    router.get("/conflicts", adminsOnly, asyncHandler(showConflicts(context)))
    router.post("/conflicts/:id", adminsOnly, asyncHandler(decide(context)))
    router.get("/backfill", adminsOnly, asyncHandler(showBackfill))
    router.post("/backfill", adminsOnly, asyncHandler(steer))
    router.get("/quarantine", adminsOnly, asyncHandler(showQuarantine))
    router.post("/quarantine", adminsOnly, asyncHandler(release))
    router.get("/journal", adminsOnly, asyncHandler(showJournal(context)))
    router.get("/drift", adminsOnly, asyncHandler(showDrift))
    router.post("/compare", adminsOnly, asyncHandler(compare))
    router.post("/repair", adminsOnly, asyncHandler(repair))
    router.post("/resume", adminsOnly, asyncHandler(resume(context)))
  },
})
