import type { Response } from "express"
import { fieldOf, readPeerInbox, type PeerInbox, type ToldConflict } from "medusa-directus-core/host"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { medusaPage } from "./medusa-page"

/** A conflict that is open in Medusa, and where it can be decided. */
export interface ConflictThere extends ToldConflict {
  medusaPage: string | null
  /** `null` when the kind, or the field, is not mapped here. */
  collection: string | null
  directusField: string | null
}
export type InboxThere = Omit<PeerInbox, "conflicts"> & { conflicts: ConflictThere[]; medusaInbox: string }

/** Of the newest. */
const SHOWN = 20

/** GET /medusa-sync/peer/conflicts → `{ data: InboxThere | null }`: what waits for a decision in Medusa; `null` = it does not say. */
export async function showPeerInbox(_req: DirectusRequest, res: Response): Promise<void> {
  const sync = await runningSync()
  const inbox = await readPeerInbox(sync.ports, SHOWN)
  const conflicts: ConflictThere[] = []
  for (const conflict of inbox?.conflicts ?? []) {
    const { entity: kind, peer: id, local: peerId, field } = conflict
    const entity = sync.ports.config.entities.get(kind)
    conflicts.push({
      ...conflict,
      medusaPage: await medusaPage(sync, { kind, id, peerId }),
      collection: entity?.collection ?? null,
      directusField: (entity && fieldOf(entity, field))?.directus ?? null,
    })
  }
  const medusaInbox = `${sync.options.adminUrl}/settings/directus?tab=conflicts`
  res.json({ data: inbox && ({ ...inbox, conflicts, medusaInbox } satisfies InboxThere) })
}
