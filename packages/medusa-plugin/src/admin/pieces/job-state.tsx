import { Button, Text } from "@medusajs/ui"
import type { ToldJob } from "../../operate/overview"
import { useWords } from "../words/use-words"
import { ProgressBar } from "./progress-bar"
import { Row } from "./section"

interface JobStateProps {
  job: ToldJob
  cancel: { mutate: () => void; isPending: boolean }
}

/** How far a job is and its brake; or from when its result is, and why there may be none. */
export function JobState({ job, cancel }: JobStateProps) {
  const { t, amount, when } = useWords()
  const { state, done, total, by, startedAt, endedAt, error } = job
  const far = { done: amount(done), total: amount(Math.max(total, done)) }
  const progress = t("jobs.progress", far)
  const facts = [
    state !== "done" && state !== "running" && t(`jobs.${state}`, far),
    endedAt ? t("jobs.ended", { when: when(endedAt) }) : t("jobs.started", { when: when(startedAt) }),
    by && t("jobs.by", { name: by }),
  ].filter(Boolean)
  return (
    <Row>
      <div className="flex flex-col gap-3" aria-live="polite">
        {state === "running" && (
          <>
            <Text size="small" weight="plus">
              {progress}
            </Text>
            <ProgressBar done={done} total={Math.max(total, done)} label={progress} />
          </>
        )}
        {error && (
          <Text size="small" role="alert" className="text-ui-fg-error">
            {error.message}
          </Text>
        )}
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Text size="small" className="text-ui-fg-subtle">
            {facts.join(" · ")}
          </Text>
          {state === "running" && (
            <Button size="small" variant="transparent" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("jobs.cancel")}
            </Button>
          )}
        </div>
      </div>
    </Row>
  )
}
