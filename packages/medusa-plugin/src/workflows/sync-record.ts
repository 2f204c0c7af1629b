import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { CLOSED, retryRecord, SyncError, type RecordId } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface SyncRecordInput extends RecordId {
  /** Who asked, for the journal. */
  by?: string
}

/** Has no undo: a mark without a change tells nothing. */
const syncRecordStep = createStep(
  "directus-sync-record",
  async ({ entity, localId, by }: SyncRecordInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const ports = sync.ports()
    const [link] = await ports.transaction({ own: true }, ({ links }) => links.find(entity, [localId]))
    // Somebody is looking: the peer is asked at once, and not when its rest is over.
    await ports.updateControl({ breaker: CLOSED })
    if (link && link.state !== "active") await retryRecord(ports, { entity, localId }, by)
    else if ((await sync.repairRecords({ records: [{ entity, id: localId }] })) === 0)
      throw new SyncError("not_found", `There is no ${entity} ${localId}.`)
    sync.wake()
    return new StepResponse<void>(undefined)
  },
)

/** Tells Directus now what it has not heard of one record. */
export const syncRecordWorkflow = createWorkflow("directus-sync-record", (input: SyncRecordInput) => {
  syncRecordStep(input)
  return new WorkflowResponse(undefined)
})
