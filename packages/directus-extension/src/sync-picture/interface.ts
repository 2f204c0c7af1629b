import { defineInterface } from "@directus/extensions-sdk"
import { defineComponent, h, resolveComponent } from "vue"
import { Picture } from "./picture"

/** In forms: an address, with the picture behind it. */
export default defineInterface({
  id: "medusa-sync-picture",
  name: "Picture by address",
  icon: "image",
  description: "The address (URL) of a picture, and the picture",
  types: ["string", "text"],
  group: "standard",
  options: null,
  component: defineComponent({
    props: {
      value: { type: String, default: null },
      disabled: { type: Boolean, default: false },
    },
    emits: ["input"],
    setup:
      (props, { emit }) =>
      () =>
        h("div", { style: { display: "grid", gap: "12px" } }, [
          h(resolveComponent("v-input"), {
            modelValue: props.value,
            disabled: props.disabled,
            placeholder: "https://",
            trim: true,
            "onUpdate:modelValue": (value: string | null) => {
              emit("input", value === "" ? null : value)
            },
          }),
          props.value ? h(Picture, { address: props.value, height: "160px" }) : null,
        ]),
  }),
})
