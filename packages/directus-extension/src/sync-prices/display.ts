import { defineDisplay } from "@directus/extensions-sdk"
import { defineComponent, h, type PropType } from "vue"
import { priceText } from "./price-text"

/** In lists: all prices of a variant. */
export default defineDisplay({
  id: "medusa-sync-prices",
  name: "Prices per currency",
  icon: "sell",
  description: "Shows a list of amounts and currencies in one line",
  types: ["json"],
  options: null,
  component: defineComponent({
    inheritAttrs: false,
    // A template of the Studio hands over one price after the other.
    props: { value: { type: [Array, Object] as PropType<unknown>, default: null } },
    setup: (props) => () => {
      const language = document.documentElement.lang || undefined
      const prices: unknown[] = Array.isArray(props.value) ? props.value : [props.value]
      return h("span", prices.map((price) => priceText(price, language)).join(" · "))
    },
  }),
})
