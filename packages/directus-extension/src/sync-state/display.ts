import { defineDisplay } from "@directus/extensions-sdk"
import ListChip from "./list-chip.vue"

/** In lists, on the key of an item: its state in the sync. */
export default defineDisplay({
  id: "medusa-sync-state",
  name: "Medusa sync state",
  icon: "sync_alt",
  description: "On a primary key: shows how the item stands with Medusa",
  types: ["uuid", "string", "integer", "bigInteger"],
  options: null,
  component: ListChip,
})
