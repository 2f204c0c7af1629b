import { ArrowUpRightOnBox } from "@medusajs/icons"
import { Button } from "@medusajs/ui"
import { useWords } from "../words/use-words"

/** A button that leads out of Medusa. */
export function OutsideLink({ to, children }: { to: string; children: string }) {
  const { t } = useWords()
  return (
    <Button size="small" variant="secondary" asChild>
      <a href={to} target="_blank" rel="noreferrer">
        {children}
        <ArrowUpRightOnBox aria-hidden className="rtl:-scale-x-100" />
        <span className="sr-only">({t("common.newTab")})</span>
      </a>
    </Button>
  )
}
