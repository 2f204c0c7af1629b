import { readStates, sendNow, SyncError, type RecordState } from "medusa-directus-core/host"
import { setTimeout as sleep } from "node:timers/promises"
import { z } from "zod"
import { sharedState } from "../shared-state"

/** The result of the operation, which the next ones of the Flow can use. */
export interface OperationResult {
  /** Are all of them in sync? */
  synced: boolean
  /** Records that were looked at, with the parts of the items. */
  sent: number
  items: (Pick<RecordState, "state" | "heldBy" | "reason" | "lastSyncedAt" | "openConflicts"> & {
    id: string
    medusaId: string | null
  })[]
}

const id = z.union([z.string().min(1), z.number()]).transform(String)
const optionsSchema = z.object({
  collection: z.string().min(1),
  // A template that names one key, or several.
  items: z.union([z.array(z.union([id, z.array(id)])), id]).transform((items) => [items].flat(2).filter(Boolean)),
  wait: z.coerce.number().min(0).max(60).default(10),
})

/** Between looks, in milliseconds: each asks Medusa too. */
const LOOK = 500

/** @throws SyncError that fails the operation: its options, or the sync is off. */
export async function runOperation(options: Record<string, unknown>): Promise<OperationResult> {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success)
    throw new SyncError("invalid_options", 'Give a collection and ids of its items, e.g. "{{ $trigger.key }}".')
  const { collection, items, wait } = parsed.data
  const state = await sharedState().sync?.start()
  if (state?.kind !== "running")
    throw new SyncError("invalid_options", `The sync is off. ${state?.reason ?? "The log of Directus says why."}`)
  const { ports } = state
  const kind = [...ports.config.entities.values()].find((entity) => entity.collection === collection)?.name
  if (kind === undefined) throw new SyncError("not_found", `The collection ${collection} is not in sync with Medusa.`)
  const sent = await sendNow(
    ports,
    items.map((localId) => ({ entity: kind, localId })),
  )
  state.wake()
  const until = Date.now() + wait * 1000
  for (;;) {
    const states = await readStates(ports, kind, items)
    const all = [...states.values()]
    if (Date.now() >= until || !all.some((each) => each.state === "waiting" && each.heldBy === null))
      return {
        synced: all.every((each) => each.state === "synced"),
        sent,
        items: [...states].map(([item, { state: name, heldBy, reason, peerId, lastSyncedAt, openConflicts }]) => ({
          ...{ id: item, state: name, heldBy, reason },
          ...{ medusaId: peerId, lastSyncedAt, openConflicts },
        })),
      }
    await sleep(Math.min(LOOK, Math.max(0, until - Date.now())))
  }
}
