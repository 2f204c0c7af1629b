import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import {
  InventoryLevelWorkflowEvents,
  ProductCategoryWorkflowEvents,
  ProductCollectionWorkflowEvents,
  ProductOptionValueWorkflowEvents,
  ProductOptionWorkflowEvents,
  ProductTagWorkflowEvents,
  ProductTypeWorkflowEvents,
  ProductVariantWorkflowEvents,
  ProductWorkflowEvents,
  TranslationWorkflowEvents,
} from "@medusajs/framework/utils"
import { DIRECTUS_SYNC } from "../modules/directus-sync"
import type DirectusSyncModuleService from "../modules/directus-sync/service"

/** Hints only: what emits no event is marked all the same, and sent at the next poll. */
export default async function wakeSender({ container }: SubscriberArgs): Promise<void> {
  container.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).wake()
}

const events = [
  ProductWorkflowEvents,
  ProductVariantWorkflowEvents,
  ProductOptionWorkflowEvents,
  ProductOptionValueWorkflowEvents,
  ProductCategoryWorkflowEvents,
  ProductCollectionWorkflowEvents,
  ProductTypeWorkflowEvents,
  ProductTagWorkflowEvents,
  InventoryLevelWorkflowEvents,
  TranslationWorkflowEvents,
]

export const config: SubscriberConfig = {
  event: events.flatMap((of) => Object.values(of)),
  context: { subscriberId: "directus-sync-wake-sender" },
}
