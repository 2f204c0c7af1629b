import type { Logger } from "medusa-directus-core/host"
import type { HostContext } from "./host-context"

const PREFIX = "[medusa-sync]"

/** The host's log, with a prefix. Silent once Directus has closed its database: what fails then is the shutdown. */
export function makeLog({ logger, database }: Pick<HostContext, "logger" | "database">): Logger {
  const closed = () => (database.client as { pool?: unknown }).pool === undefined
  const line = (write: (text: string) => void) => (message: string) => {
    if (!closed()) write(`${PREFIX} ${message}`)
  }
  return {
    info: line((text) => logger.info(text)),
    warn: line((text) => logger.warn(text)),
    error: line((text) => logger.error(text)),
  }
}
