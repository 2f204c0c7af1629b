import { Button, StatusBadge, Text } from "@medusajs/ui"
import type { BackfillProgress } from "medusa-directus-core/host"
import { ProgressBar } from "../pieces/progress-bar"
import { Row } from "../pieces/section"
import { useAct } from "../queries/use-act"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { useSure } from "./use-sure"

const COLOURS = { running: "blue", paused: "orange", done: "green", cancelled: "grey" } as const

/** How far the last backfill is, and its brake. */
export function BackfillState({ backfill }: { backfill: BackfillProgress }) {
  const { t, when, amount, length } = useWords()
  const sure = useSure()
  const steer = useAct((action: "pause" | "resume" | "cancel") => send("backfill", { action }))
  const { state, done, total, perSecond, secondsLeft, waiting, quarantined, startedAt, endedAt } = backfill
  const progress = t("backfill.progress", { done: amount(done), total: amount(Math.max(total, done)) })
  const facts = [
    state === "running" && perSecond > 0 && t("backfill.rate", { rate: amount(Math.round(perSecond * 10) / 10) }),
    secondsLeft !== null && t("backfill.left", { time: length(secondsLeft) }),
    waiting > 0 && t("backfill.waiting", { count: waiting }),
    quarantined > 0 && t("backfill.quarantined", { count: quarantined }),
    endedAt ? t("backfill.ended", { when: when(endedAt) }) : t("backfill.started", { when: when(startedAt) }),
  ].filter(Boolean)

  async function cancel(): Promise<void> {
    if (await sure(t("backfill.cancelTitle"), t("backfill.cancelText"), t("backfill.cancel"), "danger"))
      steer.mutate("cancel")
  }

  return (
    <Row>
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Text size="small" weight="plus">
            {progress}
          </Text>
          <StatusBadge color={COLOURS[state]}>{t(`backfill.state.${state}`)}</StatusBadge>
        </div>
        <ProgressBar done={done} total={Math.max(total, done)} label={progress} />
        <Text size="small" className="text-ui-fg-subtle">
          {facts.join(" · ")}
        </Text>
        {endedAt === null && (
          <div className="flex gap-2">
            <Button
              size="small"
              variant="secondary"
              disabled={steer.isPending}
              onClick={() => steer.mutate(state === "running" ? "pause" : "resume")}
            >
              {state === "running" ? t("backfill.pause") : t("backfill.resume")}
            </Button>
            <Button size="small" variant="transparent" disabled={steer.isPending} onClick={() => void cancel()}>
              {t("backfill.cancel")}
            </Button>
          </div>
        )}
      </div>
    </Row>
  )
}
