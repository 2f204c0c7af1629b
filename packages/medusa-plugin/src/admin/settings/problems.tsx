import { Button, StatusBadge, Text } from "@medusajs/ui"
import type { Problem } from "medusa-directus-core/operate"
import { Row, Section } from "../pieces/section"
import { useAct } from "../queries/use-act"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { actionsFor, type ProblemAction } from "./problem-actions"
import { useSure } from "./use-sure"

interface ProblemsProps {
  problems: Problem[]
  /** Does Directus say what waits there? */
  isPeerHeard: boolean
  show: (tab: string) => void
  check: () => void
}

/** What is wrong, in words, with what can be done about it. It clears itself. */
export function Problems({ problems, isPeerHeard, show, check }: ProblemsProps) {
  const { t } = useWords()
  return (
    <Section title={t("problems.title")}>
      <div aria-live="polite">
        {problems.length === 0 && (
          <Row>
            <Text size="small" className="text-ui-fg-subtle">
              {t("problems.none")} {!isPeerHeard && t("overview.silent")}
            </Text>
          </Row>
        )}
        <ul className="divide-y">
          {problems.map((problem) => (
            <li key={problem.code}>
              <One problem={problem} show={show} check={check} />
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}

function One({ problem, show, check }: { problem: Problem } & Omit<ProblemsProps, "problems" | "isPeerHeard">) {
  const { code, severity, message, since } = problem
  const { t, when, explain } = useWords()
  const sure = useSure()
  const resume = useAct(
    (body: Record<string, unknown>) => send("resume", body),
    () => t("overview.resumedDone"),
  )
  const { title, text, fix } = explain(problem)

  async function act(action: ProblemAction): Promise<void> {
    if (action.kind === "show") return show(action.tab)
    if (action.kind === "check") return check()
    const label = t(`problems.act.${action.label}`)
    if (action.sure && !(await sure(t("problems.sure"), fix, label, "danger"))) return
    resume.mutate(action.body)
  }

  return (
    <Row>
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge color={severity === "note" ? "orange" : "red"}>{title}</StatusBadge>
          {since && (
            <Text size="small" className="text-ui-fg-subtle">
              {t("problems.since", { when: when(since) })}
            </Text>
          )}
        </div>
        <Text size="small" className="max-w-3xl">
          {text} {fix}
        </Text>
        <details className="max-w-3xl">
          <summary className="txt-small text-ui-fg-subtle cursor-pointer">{t("common.details")}</summary>
          <Text size="small" className="text-ui-fg-subtle mt-1 break-words" lang="en" dir="auto">
            {message} <code>{code}</code>
          </Text>
        </details>
        <div className="flex flex-wrap gap-2">
          {actionsFor(code).map((action) => (
            <Button
              key={action.label}
              size="small"
              variant="secondary"
              disabled={resume.isPending}
              onClick={() => void act(action)}
            >
              {t(`problems.act.${action.label}`)}
            </Button>
          ))}
        </div>
      </div>
    </Row>
  )
}
