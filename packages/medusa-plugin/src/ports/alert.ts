import type { Alert } from "medusa-directus-core/operate"
import type { HostModules } from "../records/host-modules"

/** What a subscriber listens to, to send a mail or a message in a chat. Its data is core's `Alert`. */
const ALERT_EVENT = "directus_sync.alert"

export async function emitAlert({ eventBus }: Pick<HostModules, "eventBus">, alert: Alert): Promise<void> {
  await eventBus.emit({ name: ALERT_EVENT, data: { ...alert } })
}
