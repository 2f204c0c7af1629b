import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { pauseByPerson, type ControlChange } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface PauseSyncInput {
  /** Take nothing either; otherwise Directus's changes still come. */
  both?: boolean | undefined
  /** Who pauses it, as people know them. */
  by?: string | null
}

const pauseSyncStep = createStep(
  "directus-sync-pause",
  async ({ both = false, by }: PauseSyncInput, { container }) => {
    const ports = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports()
    const { paused } = await ports.readControl()
    await pauseByPerson(ports, { both, by })
    return new StepResponse<void, ControlChange>(undefined, { paused })
  },
  async (before, { container }) => {
    if (before) await container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).updateControl(before)
  },
)

/** Stops sending, and with `both` taking, until a person resumes it. Changes are kept. */
export const pauseSyncWorkflow = createWorkflow("directus-sync-pause", (input: PauseSyncInput) => {
  pauseSyncStep(input)
  return new WorkflowResponse(undefined)
})
