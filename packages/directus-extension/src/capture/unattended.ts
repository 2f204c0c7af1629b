import type { Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"

/** Work that nobody waits for: that it failed is in the log. */
export function unattended(log: Logger, what: string, work: Promise<unknown>): void {
  void work.catch((error: unknown) => log.error(`${what} (${cleanError(error).message}).`))
}
