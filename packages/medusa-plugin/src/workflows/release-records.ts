import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { discardRecord, retryQuarantined, retryRecord } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface ReleaseRecordsInput {
  /** Send again, or leave alone from now on. */
  action: "retry" | "discard"
  /** One record; without it all that wait for a person are sent again. */
  record?: { entity: string; localId: string } | undefined
  /** Who decided, for the journal. */
  by?: string
}

/** A record that is stopped again, or taken up again, is as before: there is nothing to compensate. */
const releaseRecordsStep = createStep(
  "directus-sync-release-records",
  async ({ action, record, by }: ReleaseRecordsInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const ports = sync.ports()
    if (!record) await retryQuarantined(ports)
    else await (action === "retry" ? retryRecord : discardRecord)(ports, record, by)
    sync.wake()
    return new StepResponse<void>(undefined)
  },
)

/** Sends records that wait for a person again, or leaves one alone. */
export const releaseRecordsWorkflow = createWorkflow("directus-sync-release-records", (input: ReleaseRecordsInput) => {
  releaseRecordsStep(input)
  return new WorkflowResponse(undefined)
})
