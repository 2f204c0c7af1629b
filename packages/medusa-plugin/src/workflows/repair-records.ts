import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"
import type { AnyRepair } from "../modules/directus-sync/service"

/** Has no undo: a mark without a change tells nothing. */
const repairRecordsStep = createStep("directus-sync-repair", async (request: AnyRepair, { container }) => {
  const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  return new StepResponse(await sync.repairRecords(request))
})

/** Tells Directus of these records, or of all that drifted. Its result is how many. */
export const repairRecordsWorkflow = createWorkflow("directus-sync-repair", (request: AnyRepair) => {
  return new WorkflowResponse(repairRecordsStep(request))
})
