import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { resolveConflict, tellResolved, whereFrom, type CanonicalValue } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

export interface ResolveConflictInput {
  id: string
  /** The value that stands stays, the one that lost takes its place, or `value` does. */
  decision: "keep" | "take" | "edit"
  value?: CanonicalValue
  /** Who decided, for the journal. */
  by?: string
}

/** All in one transaction, and nothing comes after it that could fail: there is nothing to compensate. */
const resolveConflictStep = createStep(
  "directus-sync-resolve-conflict",
  async ({ id, decision, value, by }: ResolveConflictInput, { container }) => {
    const sync = container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
    const ports = sync.ports()
    const decided = decision === "edit" ? { kind: decision, value: value ?? null } : { kind: decision }
    await resolveConflict(ports, id, decided, by)
    sync.wake()
    // The sender tells it later when Directus is away.
    void tellResolved(ports).catch((error: unknown) => {
      ports.log.warn(`Directus was not told of a decision yet: ${whereFrom(error)}`)
    })
    return new StepResponse<void>(undefined)
  },
)

/** Decides about a value that lost. */
export const resolveConflictWorkflow = createWorkflow(
  "directus-sync-resolve-conflict",
  (input: ResolveConflictInput) => {
    resolveConflictStep(input)
    return new WorkflowResponse(undefined)
  },
)
