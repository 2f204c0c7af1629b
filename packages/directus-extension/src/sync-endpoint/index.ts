import { defineEndpoint } from "@directus/extensions-sdk"
import { adminsOnly } from "./admins-only"
import { asyncHandler } from "./async-handler"
import { showBackfill, steer } from "./backfill"
import { decide } from "./decide"
import { showConflicts, showJournal } from "./history"
import { release, showQuarantine } from "./quarantine"
import { takeRecords } from "./records"
import { resume } from "./resume"
import { showStatus } from "./status"

export default defineEndpoint({
  id: "medusa-sync",
  handler: (router, context) => {
    router.post("/records", asyncHandler(takeRecords))
    router.get("/status", adminsOnly, asyncHandler(showStatus(context)))
    router.get("/conflicts", adminsOnly, asyncHandler(showConflicts(context)))
    router.post("/conflicts/:id", adminsOnly, asyncHandler(decide(context)))
    router.get("/backfill", adminsOnly, asyncHandler(showBackfill))
    router.post("/backfill", adminsOnly, asyncHandler(steer))
    router.get("/quarantine", adminsOnly, asyncHandler(showQuarantine))
    router.post("/quarantine", adminsOnly, asyncHandler(release))
    router.get("/journal", adminsOnly, asyncHandler(showJournal(context)))
    router.post("/resume", adminsOnly, asyncHandler(resume(context)))
  },
})
