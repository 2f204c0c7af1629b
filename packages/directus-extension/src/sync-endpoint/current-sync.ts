import { ServiceUnavailableError } from "@directus/errors"
import { sharedState } from "../shared-state"
import type { RunningSync, SyncState } from "../running-sync"

/** A request shows that a server is up, so the sync may start, also right after an installation. */
export async function currentSync(): Promise<SyncState> {
  const shared = sharedState()
  shared.serving = true
  return shared.sync ? shared.sync.start() : { kind: "off", reason: "The hook medusa-sync-hook is not registered." }
}

/** @throws ServiceUnavailableError (503), which the peer takes for "try again later". */
export async function runningSync(): Promise<RunningSync> {
  const state = await currentSync()
  if (state.kind !== "running")
    throw new ServiceUnavailableError({
      service: "medusa-sync",
      reason: "The sync is off; the log of Directus says why",
    })
  return state
}
