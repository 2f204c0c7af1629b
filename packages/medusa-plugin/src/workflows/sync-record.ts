import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { sendNow, SyncError, type RecordId } from "medusa-directus-core/host"
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
    const { entities } = ports.config
    if (!entities.has(entity))
      throw new SyncError(
        "invalid_options",
        `The kind "${entity}" is not synced. Kinds are ${[...entities.keys()].join(", ")}.`,
      )
    const isThere = await ports.transaction(
      async ({ links, documents }) =>
        (await links.find(entity, [localId])).length > 0 || (await documents.present(entity, [localId])).has(localId),
    )
    if (!isThere) throw new SyncError("not_found", `There is no ${entity} ${localId}.`)
    if ((await sendNow(ports, [{ entity, localId }], by, true)) === 0)
      throw new SyncError("invalid_options", `The ${entity} ${localId} is left alone. Take it up again first.`)
    sync.wake()
    return new StepResponse<void>(undefined)
  },
)

/** Tells Directus now what it has not heard of one record and its parts; see `sendNow`. */
export const syncRecordWorkflow = createWorkflow("directus-sync-record", (input: SyncRecordInput) => {
  syncRecordStep(input)
  return new WorkflowResponse(undefined)
})
