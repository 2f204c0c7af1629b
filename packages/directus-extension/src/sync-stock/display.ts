import { defineDisplay } from "@directus/extensions-sdk"
import StockCount from "./stock-count.vue"

/** In lists: how many are in stock. */
export default defineDisplay({
  id: "medusa-sync-stock",
  name: "Stock",
  icon: "inventory_2",
  description: "Shows a number in stock as people of the language write it, and when there is none",
  types: ["integer", "bigInteger", "float", "decimal", "string"],
  options: null,
  component: StockCount,
})
