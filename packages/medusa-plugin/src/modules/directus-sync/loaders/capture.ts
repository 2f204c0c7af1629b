import type { LoaderOptions } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { Connection } from "../../../adapters/sql"
import { readCapture } from "../../../options"
import { captureSql } from "../capture/capture-sql"
import { capturedTables } from "../capture/captured-tables"
import { installCapture } from "../capture/install-capture"

const RETRY = 30_000

/**
 * Checks the triggers at every boot. A migration cannot do it: on a new database this module's migrations run before
 * those that make Medusa's tables.
 */
export default async function capture({ container, logger, options }: LoaderOptions): Promise<void> {
  const connection = container.resolve<Connection | undefined>(ContainerRegistrationKeys.PG_CONNECTION, {
    allowUnregistered: true,
  })
  const log = logger ?? console
  const input = readCapture(options)
  // With a mapping that cannot be read the sync is off; the triggers of the one before stay as they are.
  if (!connection || !input) return
  const wanted = captureSql(capturedTables(input))
  const attempt = async (): Promise<void> => {
    if ((await installCapture(connection, wanted, log)) === "missing") setTimeout(() => void attempt(), RETRY).unref()
  }
  await attempt()
}
