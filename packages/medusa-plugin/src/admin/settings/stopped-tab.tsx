import { Button, Text } from "@medusajs/ui"
import { useSearchParams } from "react-router-dom"
import type { Overview } from "../../operate/overview"
import { Failed } from "../pieces/failed"
import { OutsideLink } from "../pieces/outside-link"
import { Pager } from "../pieces/pager"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { Loading } from "../pieces/waiting"
import { useAct } from "../queries/use-act"
import { usePage } from "../queries/use-page"
import { ReasonText } from "../record/explanation"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { KindChoice } from "./kind-choice"
import { useSure } from "./use-sure"

interface StoppedRow {
  entity: string
  local_id: string
  title: string | null
  parent_title: string | null
  reason: string
  candidates: string[]
}

/** Records that were refused several times. */
export function StoppedTab({ overview: { kinds, health, directus } }: { overview: Overview }) {
  const { t } = useWords()
  const sure = useSure()
  const there = health.details?.peer?.stopped ?? 0
  const [params] = useSearchParams()
  const kind = params.get("kind") ?? undefined
  const { query, index, toPage, filterBy } = usePage<StoppedRow>("quarantine", "records", { entity: kind })
  const { data, error, refetch } = query
  const retryAll = useAct(
    () => send("quarantine", { action: "retry_all" }),
    () => t("stopped.done"),
  )

  async function retryThemAll(): Promise<void> {
    if (await sure(t("stopped.retryAllTitle"), t("stopped.retryAllText"), t("stopped.retryAll"))) retryAll.mutate()
  }

  return (
    <Section
      title={t("stopped.title")}
      level="h1"
      text={t("stopped.text")}
      actions={
        <>
          <KindChoice kinds={kinds} kind={kind} onChange={(value) => filterBy({ kind: value })} />
          {data && data.count > 0 && (
            <Button size="small" variant="secondary" isLoading={retryAll.isPending} onClick={() => void retryThemAll()}>
              {t("stopped.retryAll")}
            </Button>
          )}
        </>
      }
    >
      {!data && (error ? <Failed error={error} retry={refetch} /> : <Loading />)}
      {data?.rows.length === 0 && (
        <Row>
          <Text size="small" className="text-ui-fg-subtle">
            {kind ? t("stopped.noneOf") : t("stopped.none")}
          </Text>
        </Row>
      )}
      {data && data.rows.length > 0 && (
        <ul className="divide-y">
          {data.rows.map((row) => (
            <li key={`${row.entity} ${row.local_id}`}>
              <Stopped row={row} />
            </li>
          ))}
        </ul>
      )}
      {there > 0 && (
        <Row>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <Text size="small">{t("stopped.there", { count: there })}</Text>
            {directus && (
              <OutsideLink to={`${directus.studio_url}/admin/medusa-sync/stopped`}>{t("stopped.look")}</OutsideLink>
            )}
          </div>
        </Row>
      )}
      {data && <Pager count={data.count} index={index} toPage={toPage} />}
    </Section>
  )
}

function Stopped({ row }: { row: StoppedRow }) {
  const { t } = useWords()
  const sure = useSure()
  const { entity, local_id, title, parent_title: parentTitle, reason, candidates } = row
  const release = useAct(
    (action: "retry" | "discard") => send("quarantine", { action, entity, local_id }),
    (_, action) => t(action === "retry" ? "stopped.done" : "stopped.discarded"),
  )

  async function discard(): Promise<void> {
    if (await sure(t("stopped.discardTitle"), t("stopped.discardText"), t("stopped.discard"), "danger"))
      release.mutate("discard")
  }

  return (
    <Row>
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <RecordLink entity={entity} id={local_id} title={title} parentTitle={parentTitle} />
          <div className="flex gap-2">
            <Button
              size="small"
              variant="secondary"
              disabled={release.isPending}
              onClick={() => release.mutate("retry")}
            >
              {t("stopped.retry")}
            </Button>
            <Button size="small" variant="transparent" disabled={release.isPending} onClick={() => void discard()}>
              {t("stopped.discard")}
            </Button>
          </div>
        </div>
        <ReasonText reason={reason} />
        {candidates.length > 0 && (
          <Text size="small" className="text-ui-fg-subtle">
            {t("stopped.candidates", { list: candidates.join(", ") })}
          </Text>
        )}
      </div>
    </Row>
  )
}
