import { defineInterface } from "@directus/extensions-sdk"
import ItemPanel from "./item-panel.vue"

/** In forms: how the item stands with Medusa. */
export default defineInterface({
  id: "medusa-sync-state",
  name: "Medusa sync state",
  icon: "sync_alt",
  description: "How the item stands with Medusa, its conflicts and what Medusa keeps",
  types: ["alias"],
  localTypes: ["presentation"],
  group: "presentation",
  autoKey: true,
  hideLabel: true,
  options: null,
  component: ItemPanel,
})
