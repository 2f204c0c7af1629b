import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { resumeByPerson, type ControlChange, type ResumeOptions } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface ResumeSyncInput extends Omit<ResumeOptions, "home"> {
  /** The database is on another server than before, and is no copy. */
  database?: "moved" | undefined
}

const resumeSyncStep = createStep(
  "directus-sync-resume",
  async ({ database, ...accepted }: ResumeSyncInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const home = database ? await sync.readHome() : undefined
    const before = await resumeByPerson(sync.ports(), { ...accepted, home })
    sync.wake()
    return new StepResponse<void, ControlChange>(undefined, before)
  },
  async (before, { container }) => {
    if (before) await container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).updateControl(before)
  },
)

/** Ends a pause: what was to be sent is sent now. */
export const resumeSyncWorkflow = createWorkflow("directus-sync-resume", (input: ResumeSyncInput) => {
  resumeSyncStep(input)
  return new WorkflowResponse(undefined)
})
