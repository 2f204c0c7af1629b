import { defineDisplay } from "@directus/extensions-sdk"
import { defineComponent, h } from "vue"
import { Picture } from "./picture"

/** In lists: the picture behind an address. */
export default defineDisplay({
  id: "medusa-sync-picture",
  name: "Picture by address",
  icon: "image",
  description: "Shows the picture behind an address (URL)",
  types: ["string", "text"],
  options: null,
  component: defineComponent({
    inheritAttrs: false,
    props: { value: { type: String, default: null } },
    setup: (props) => () => h(Picture, { address: props.value, height: "32px", width: "32px" }),
  }),
})
