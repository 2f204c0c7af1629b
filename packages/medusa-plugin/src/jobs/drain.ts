import type { MedusaContainer } from "@medusajs/framework/types"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** The sender polls by itself; this is the same look in the host's own schedule, where Redis makes it once for all instances. */
export default async function drain(container: MedusaContainer): Promise<void> {
  await container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).keepUp()
}

export const config = { name: "directus-sync-drain", schedule: { interval: 60_000 } }
