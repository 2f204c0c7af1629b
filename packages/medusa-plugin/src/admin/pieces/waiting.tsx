import { Skeleton } from "@medusajs/ui"
import { useWords } from "../words/use-words"
import { Row } from "./section"

/** The shape of what is coming. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const { t } = useWords()
  return (
    <Row>
      <div role="status" className="flex flex-col gap-3">
        <span className="sr-only">{t("common.loading")}</span>
        {Array.from({ length: lines }, (_, i) => (
          <Skeleton key={i} className={i % 2 ? "h-4 w-2/3" : "h-4 w-full"} aria-hidden />
        ))}
      </div>
    </Row>
  )
}
