import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { readPeerInbox } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../../modules/directus-sync/service"
import type { InboxThere } from "../../../../../operate/overview"
import { answering } from "../../refusals"

/** Of the newest. */
const SHOWN = 20

/** What waits for a decision in Directus; `null` when it does not say. */
export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ inbox: InboxThere | null }>,
): Promise<void> => {
  const sync = req.scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const inbox = await answering(async () => {
    const ports = sync.ports()
    const there = await readPeerInbox(ports, SHOWN)
    return (
      there && {
        ...there,
        conflicts: there.conflicts.map((conflict) => {
          const collection = ports.config.entities.get(conflict.entity)?.collection
          return { ...conflict, directus_url: collection ? sync.studioUrl(collection, conflict.local) : null }
        }),
      }
    )
  })
  res.json({ inbox })
}
