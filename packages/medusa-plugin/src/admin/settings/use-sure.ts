import { usePrompt } from "@medusajs/ui"
import { useWords } from "../words/use-words"

/** Asks before something that others notice. */
export function useSure() {
  const ask = usePrompt()
  const { t } = useWords()
  return (
    title: string,
    description: string,
    confirmText: string,
    variant: "danger" | "confirmation" = "confirmation",
  ) => ask({ title, description, confirmText, cancelText: t("common.cancel"), variant })
}
