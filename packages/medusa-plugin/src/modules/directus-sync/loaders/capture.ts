import type { LoaderOptions } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { Connection } from "../../../database/sql"
import { installCapture } from "../../../capture/install-capture"
import { wantedCapture } from "../../../capture/wanted-capture"

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
  const wanted = wantedCapture(options)
  if (!connection || !wanted) return
  const attempt = async (): Promise<void> => {
    if ((await installCapture(connection, wanted, log)) === "missing") setTimeout(() => void attempt(), RETRY).unref()
  }
  await attempt()
}
