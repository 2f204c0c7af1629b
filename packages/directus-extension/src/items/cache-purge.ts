import type { Logger } from "medusa-directus-core/host"
import { SYSTEM, type HostContext } from "../host-context"
import { cleanError } from "../database/database-error"

/** @returns what empties Directus's cache of answers after a commit, where there is one. Never rejects. */
export function makeCachePurge(context: HostContext, log: Logger): () => Promise<void> {
  const purges = context.env["CACHE_ENABLED"] === true && context.env["CACHE_AUTO_PURGE"] === true
  return async () => {
    if (!purges) return
    try {
      const schema = await context.getSchema()
      await new context.services.UtilsService({ schema, accountability: SYSTEM }).clearCache({ system: false })
    } catch (error) {
      log.warn(`Directus's cache could not be emptied after a change: ${cleanError(error).message}`)
    }
  }
}
