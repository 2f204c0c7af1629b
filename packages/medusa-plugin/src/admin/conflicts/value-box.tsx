import { Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useWords } from "../words/use-words"
import { valueText } from "../words/value-text"

interface ValueBoxProps {
  title: string
  /** Where the value comes from. */
  from: string
  value: unknown
  action?: ReactNode
}

/** One of two values that stand against each other. */
export function ValueBox({ title, from, value, action }: ValueBoxProps) {
  const { t } = useWords()
  const text = valueText(value, t("common.yes"), t("common.no"))
  return (
    <div className="bg-ui-bg-subtle flex min-w-0 flex-col rounded-lg border">
      <div className="flex flex-wrap items-baseline justify-between gap-x-2 border-b px-3 py-2">
        <Text size="xsmall" weight="plus">
          {title}
        </Text>
        <Text size="xsmall" className="text-ui-fg-subtle">
          {from}
        </Text>
      </div>
      {/* A long value scrolls, and whoever has no mouse gets there too. */}
      <div
        className="txt-small max-h-40 flex-1 overflow-y-auto whitespace-pre-wrap break-words px-3 py-2"
        dir="auto"
        tabIndex={(text?.length ?? 0) > 200 ? 0 : undefined}
      >
        {text ?? <span className="text-ui-fg-subtle">{t("common.empty")}</span>}
      </div>
      {action && <div className="px-3 pb-3">{action}</div>}
    </div>
  )
}
