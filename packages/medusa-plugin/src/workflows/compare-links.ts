import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** Has no undo: what it puts right is right. */
const compareLinksStep = createStep("directus-sync-compare", async (_: unknown, { container }) => {
  const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  return new StepResponse(await sync.compareLinks())
})

/** Compares all links with Directus's, and puts right what one side has lost. */
export const compareLinksWorkflow = createWorkflow("directus-sync-compare", () => {
  return new WorkflowResponse(compareLinksStep())
})
