import type { HostContext } from "../host-context"
import type { Response } from "express"
import { clockAlert, type Control } from "medusa-directus-core/host"
import { readCounts } from "../ports/observe"
import { countImages } from "../images/image-store"
import type { Mismatch } from "../database/mismatch"
import { storedKinds } from "../items/stored-kinds"
import { unmappedLanguages } from "../items/unmapped-languages"
import type { DirectusRequest } from "./async-handler"
import { currentSync } from "./current-sync"

/** The answer of GET /medusa-sync/status. */
export type Status =
  | { running: false; reason: string }
  | ({
      running: true
      instance: string
      /** Where Medusa is reached, without path and login. */
      medusa: string
      collections: string[]
      leftOut: Mismatch[]
      /** Languages of texts that stay here, because the mapping does not name them. */
      translations: { unmapped: string[] }
      events: "after commit" | "inside the transaction"
      config: string
      /** Records with a change that Medusa has not confirmed yet. */
      pending: number
      links: { active: number; quarantined: number; unlinked: number }
      openConflicts: number
      /** Pictures that are to be copied into Directus's files, and such that cannot be. */
      images: { mode: "link" | "import"; waiting: number; refused: number }
      /** Medusa's clock minus this host's, in milliseconds; `null` before the first answer. */
      clockOffsetMs: number | null
      /** What to do about the clocks; `null` while they agree. */
      clockAlert: string | null
    } & Omit<Control, "clockOffset">)

export async function readStatus({ database, getSchema }: HostContext): Promise<Status> {
  const sync = await currentSync()
  if (sync.kind !== "running") return { running: false, reason: sync.reason }
  const { ports, options } = sync
  const { clockOffset, ...control } = await ports.readControl()
  const kinds = storedKinds(await getSchema(), ports.config.entities)
  const { active, quarantined, unlinked, pending, stopped, openConflicts } = await readCounts(database)
  return {
    running: true,
    instance: ports.instance,
    medusa: options.connection?.url.origin ?? "",
    collections: [...ports.config.entities.values()].map((entity) => entity.collection),
    leftOut: sync.leftOut,
    translations: { unmapped: await unmappedLanguages(database, kinds) },
    events: sync.events,
    config: ports.config.hash,
    pending: pending + stopped,
    links: { active, quarantined, unlinked },
    openConflicts,
    images: { mode: options.images, ...(await countImages(database)) },
    clockOffsetMs: clockOffset,
    clockAlert: clockAlert(clockOffset),
    ...control,
  }
}

/** GET /medusa-sync/status */
export const showStatus = (context: HostContext) => async (_req: DirectusRequest, res: Response) => {
  res.json({ data: await readStatus(context) })
}
