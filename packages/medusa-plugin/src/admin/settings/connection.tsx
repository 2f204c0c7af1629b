import { CheckCircleSolid, ExclamationCircleSolid, CircleDottedLine } from "@medusajs/icons"
import { Button, Text } from "@medusajs/ui"
import type { ConnectionCheck } from "medusa-directus-core/host"
import { Row, Section } from "../pieces/section"
import { useWords } from "../words/use-words"

interface ConnectionProps {
  checks: ConnectionCheck[] | undefined
  isChecking: boolean
  check: () => void
}

const ICONS = {
  ok: <CheckCircleSolid aria-hidden className="text-ui-tag-green-icon" />,
  failed: <ExclamationCircleSolid aria-hidden className="text-ui-tag-red-icon" />,
  unknown: <CircleDottedLine aria-hidden className="text-ui-fg-muted" />,
}

/** How far a greeting gets, and the fix for the step where it ends. */
export function Connection({ checks, isChecking, check }: ConnectionProps) {
  const { t } = useWords()
  return (
    <Section
      title={t("check.title")}
      text={t("check.hint")}
      actions={
        <Button size="small" variant="secondary" isLoading={isChecking} onClick={check}>
          {isChecking ? t("check.running") : t("check.run")}
        </Button>
      }
    >
      {checks && (
        <Row>
          <ul className="flex flex-col gap-3" aria-live="polite">
            {checks.every(({ state }) => state === "ok") && (
              <li>
                <Text size="small" weight="plus">
                  {t("check.ok")}
                </Text>
              </li>
            )}
            {checks.map((one) => (
              <Step key={one.step} check={one} />
            ))}
          </ul>
        </Row>
      )}
    </Section>
  )
}

function Step({ check }: { check: ConnectionCheck }) {
  const { state, message, code } = check
  const { t, explainCheck } = useWords()
  const { title, fix } = explainCheck(check)
  return (
    <li className="flex items-start gap-3">
      <span className="mt-0.5">{ICONS[state]}</span>
      <div className="min-w-0">
        <Text size="small" weight={state === "failed" ? "plus" : "regular"}>
          {title}
          {state === "failed" && <span className="text-ui-fg-error">: {t("common.no")}</span>}
          {state === "unknown" && <span className="text-ui-fg-subtle">: {t("check.unknown")}</span>}
        </Text>
        {state === "failed" && (
          <>
            <Text size="small">{fix}</Text>
            {(message || code) && (
              <Text size="small" className="text-ui-fg-subtle break-words" lang="en" dir="auto">
                {message} {code && <code>{code}</code>}
              </Text>
            )}
          </>
        )}
      </div>
    </li>
  )
}
