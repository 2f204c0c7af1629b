import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { ProductWorkflowEvents } from "@medusajs/framework/utils"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** Hints only: what emits no event is marked all the same, and sent at the next poll. */
export default async function wakeSender({ container }: SubscriberArgs): Promise<void> {
  container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).wake()
}

export const config: SubscriberConfig = {
  event: [ProductWorkflowEvents.CREATED, ProductWorkflowEvents.UPDATED, ProductWorkflowEvents.DELETED],
  context: { subscriberId: "directus-sync-wake-sender" },
}
