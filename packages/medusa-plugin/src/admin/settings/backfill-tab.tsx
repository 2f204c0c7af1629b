import { Button, Text } from "@medusajs/ui"
import type { BackfillProgress } from "medusa-directus-core/host"
import { useState } from "react"
import { JobState } from "../pieces/job-state"
import { Row, Section } from "../pieces/section"
import { useAct } from "../queries/use-act"
import { useJob } from "../queries/use-job"
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
  const preview = useJob("preview")
  const isAsking = preview.isRunning || preview.start.isPending
  const isUnderWay = backfill !== null && backfill.endedAt === null

  /** The pace says nothing of what would be done. */
  const { perMinute: _, ...foreseen } = request

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
                    isLoading={isAsking}
                    disabled={!isValid}
                    onClick={() => preview.start.mutate(foreseen)}
                  >
                    {isAsking ? t("backfill.dryRunning") : t("backfill.dry")}
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
      {preview.job && !isUnderWay && (
        <Section title={t("backfill.preview")} text={t("backfill.previewNote")}>
          <JobState job={preview.job} cancel={preview.cancel} />
          {preview.job.state === "done" && <BackfillPreview preview={preview.job.result} />}
        </Section>
      )}
    </>
  )
}
