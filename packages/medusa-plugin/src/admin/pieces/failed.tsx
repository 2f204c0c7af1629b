import { Button, Text } from "@medusajs/ui"
import { useWords } from "../words/use-words"
import { Row } from "./section"

/** What could not be read, and a way to try it again. */
export function Failed({ error, retry }: { error: Error; retry: () => unknown }) {
  const { t } = useWords()
  return (
    <Row>
      <div role="alert" className="flex flex-col items-start gap-2">
        <Text size="small" weight="plus">
          {t("common.failed")}
        </Text>
        <Text size="small" className="text-ui-fg-subtle">
          {t("common.failedText")} {error.message}
        </Text>
        <Button size="small" variant="secondary" onClick={() => void retry()}>
          {t("common.retry")}
        </Button>
      </div>
    </Row>
  )
}
