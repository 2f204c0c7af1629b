import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { checkConnection } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** Has no undo: a greeting that is answered ends a rest, which is right. */
const checkConnectionStep = createStep("directus-sync-check-connection", async (_: unknown, { container }) => {
  const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const checks = await checkConnection(sync.ports())
  sync.wake()
  return new StepResponse(checks)
})

/** Greets Directus now, and says how far that got. */
export const checkConnectionWorkflow = createWorkflow("directus-sync-check-connection", () => {
  return new WorkflowResponse(checkConnectionStep())
})
