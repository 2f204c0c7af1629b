import { Button, Text } from "@medusajs/ui"
import { useMutation } from "@tanstack/react-query"
import type { BackfillProgress, Preview } from "medusa-directus-core"
import { useState } from "react"
import { Row, Section } from "../pieces/section"
import { useAct } from "../queries/use-act"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { BackfillForm, type BackfillRequest } from "./backfill-form"
import { BackfillPreview } from "./backfill-preview"
import { BackfillState } from "./backfill-state"
import { useSure } from "./use-sure"

interface BackfillTabProps {
  kinds: string[]
  backfill: BackfillProgress | null
}

/** Sends what was there before the sync. */
export function BackfillTab({ kinds, backfill }: BackfillTabProps) {
  const { t } = useWords()
  const sure = useSure()
  const [request, setRequest] = useState<BackfillRequest>({})
  const start = useAct((body: BackfillRequest) => send("backfill", { action: "start", ...body }))
  const preview = useMutation({
    mutationFn: ({ kinds: some }: BackfillRequest) =>
      send<{ preview: Preview }>("backfill", { action: "preview", ...(some ? { kinds: some } : {}) }),
  })
  const isUnderWay = backfill !== null && backfill.endedAt === null

  async function startNow(): Promise<void> {
    if (await sure(t("backfill.startTitle"), t("backfill.startText"), t("backfill.start"))) start.mutate(request)
  }

  return (
    <>
      <Section title={t("backfill.title")} level="h1" text={t("backfill.text")}>
        {backfill ? (
          <BackfillState backfill={backfill} />
        ) : (
          <Row>
            <Text size="small" className="text-ui-fg-subtle">
              {t("backfill.never")}
            </Text>
          </Row>
        )}
        {!isUnderWay && (
          <Row>
            <BackfillForm kinds={kinds} onChange={setRequest}>
              {(isValid) => (
                <>
                  <Button
                    size="small"
                    type="button"
                    variant="secondary"
                    isLoading={preview.isPending}
                    disabled={!isValid}
                    onClick={() => preview.mutate(request)}
                  >
                    {preview.isPending ? t("backfill.dryRunning") : t("backfill.dry")}
                  </Button>
                  <Button
                    size="small"
                    type="button"
                    isLoading={start.isPending}
                    disabled={!isValid}
                    onClick={() => void startNow()}
                  >
                    {t("backfill.start")}
                  </Button>
                </>
              )}
            </BackfillForm>
          </Row>
        )}
      </Section>
      {preview.error && (
        <Text size="small" role="alert" className="text-ui-fg-error">
          {t("common.notDone")}: {preview.error.message}
        </Text>
      )}
      {preview.data && !isUnderWay && <BackfillPreview preview={preview.data.preview} />}
    </>
  )
}
