import { computed, defineComponent, h, ref, resolveComponent, watch } from "vue"

/**
 * A picture by its address. The Studio's content security policy lets the browser load those of this Directus only, unless
 * CONTENT_SECURITY_POLICY_DIRECTIVES__IMG_SRC names more: then an icon stands in its place.
 */
export const Picture = defineComponent({
  name: "MedusaSyncPicture",
  props: {
    address: { type: String, default: null },
    height: { type: String, required: true },
    /** As wide as the picture is when nothing is given. */
    width: { type: String, default: "auto" },
  },
  setup(props) {
    const failed = ref(false)
    const isShown = computed(() => /^(https?:)?\/\//.test(props.address ?? "") && !failed.value)
    watch(
      () => props.address,
      () => (failed.value = false),
    )
    return () =>
      isShown.value
        ? h("img", {
            src: props.address,
            title: props.address,
            alt: "",
            referrerpolicy: "no-referrer",
            onError: () => (failed.value = true),
            style: {
              display: "inline-block",
              verticalAlign: "middle",
              height: props.height,
              width: props.width,
              maxWidth: "100%",
              objectFit: "contain",
              borderRadius: "var(--theme--border-radius)",
              backgroundColor: "var(--theme--background-normal)",
            },
          })
        : h(resolveComponent("v-icon"), { name: props.address ? "link" : "hide_image", title: props.address ?? "" })
  },
})
