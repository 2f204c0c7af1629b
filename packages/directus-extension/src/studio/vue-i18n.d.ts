/** The Studio brings it (Directus 12.4: vue-i18n 11); this is what is used of it. */
declare module "vue-i18n" {
  import type { Ref } from "vue"

  export function useI18n(options: { useScope: "global" }): {
    locale: Ref<string>
    t(key: string, named?: Record<string, unknown>, plural?: number): string
    mergeLocaleMessage(locale: string, messages: Record<string, unknown>): void
  }
}
