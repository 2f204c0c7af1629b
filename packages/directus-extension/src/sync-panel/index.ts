import { definePanel } from "@directus/extensions-sdk"
import SyncPanel from "./sync-panel.vue"

/** On a dashboard: what moves, what waits and what needs a person. */
export default definePanel({
  id: "medusa-sync",
  name: "Medusa sync",
  icon: "sync_alt",
  description: "What moves between Medusa and Directus, what waits, and what needs a person",
  component: SyncPanel,
  minWidth: 12,
  minHeight: 8,
  options: [
    {
      field: "hours",
      name: "Hours",
      type: "integer",
      schema: { default_value: 24 },
      meta: { interface: "input", width: "half", options: { min: 1, max: 336 } },
    },
  ],
})
