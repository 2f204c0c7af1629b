import { MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { CLOSED, type ControlChange } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface ResumeSyncInput {
  /** Link with the database that answers from now on, for example after Directus was restored from a backup. */
  acceptPeerEpoch?: boolean | undefined
  /** The deletes that stopped the sync are meant. */
  acceptDeletes?: boolean | undefined
  /** The database is on another server than before, and is no copy. */
  database?: "moved" | undefined
}

const resumeSyncStep = createStep(
  "directus-sync-resume",
  async ({ acceptPeerEpoch, acceptDeletes, database }: ResumeSyncInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const { paused, breaker, peerEpoch, repair, home } = await sync.readControl()
    if (paused?.code === "database_moved" && !database)
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, paused.message)
    const accepted = acceptDeletes && paused?.code === "mass_delete" ? { ...paused, accepted: true } : null
    await sync.updateControl({
      paused: accepted,
      breaker: CLOSED,
      ...(database ? { home: await sync.readHome() } : {}),
      ...(acceptPeerEpoch ? { peerEpoch: null, repair: "peer_restored" } : {}),
    })
    sync.wake()
    return new StepResponse<void, ControlChange>(undefined, { paused, breaker, peerEpoch, repair, home })
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
