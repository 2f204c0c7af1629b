import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { startBackfill, steerBackfill, type BackfillOptions, type ControlChange } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface SteerBackfillInput extends BackfillOptions {
  action: "start" | "pause" | "resume" | "cancel"
}

const steerBackfillStep = createStep(
  "directus-sync-steer-backfill",
  async ({ action, ...options }: SteerBackfillInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const ports = sync.ports()
    const { backfill } = await ports.readControl()
    if (action === "start") await startBackfill(ports, options)
    else await steerBackfill(ports, action)
    sync.wake()
    return new StepResponse<void, ControlChange>(undefined, { backfill })
  },
  async (before, { container }) => {
    if (before) await container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).updateControl(before)
  },
)

/** Starts, pauses, goes on with or ends the walk through the records that were there before the sync. */
export const steerBackfillWorkflow = createWorkflow("directus-sync-steer-backfill", (input: SteerBackfillInput) => {
  steerBackfillStep(input)
  return new WorkflowResponse(undefined)
})
