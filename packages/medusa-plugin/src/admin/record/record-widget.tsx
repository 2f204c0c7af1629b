import { ArrowPath } from "@medusajs/icons"
import { Button, Container, Heading } from "@medusajs/ui"
import { useId } from "react"
import { ConflictCard } from "../conflicts/conflict-card"
import { Failed } from "../pieces/failed"
import { OutsideLink } from "../pieces/outside-link"
import { Row } from "../pieces/section"
import { Loading } from "../pieces/waiting"
import { useAct } from "../queries/use-act"
import { useFresh } from "../queries/use-fresh"
import { useRecordState } from "../queries/use-record-state"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { Explanation } from "./explanation"
import { LockedFields } from "./locked-fields"
import { Parts } from "./parts"
import { Timeline } from "./timeline"
import { VerdictBadge } from "./verdict-badge"

interface RecordWidgetProps {
  entity: "product" | "variant" | "category" | "collection"
  id: string
  /** Changes when the page has changed the record. */
  version: unknown
}

/** How the record of this page stands with Directus. */
export function RecordWidget({ entity, id, version }: RecordWidgetProps) {
  const { t } = useWords()
  const heading = useId()
  const { data: state, error, refetch } = useRecordState(entity, id, version)
  const travels = state !== undefined && state.verdict !== "off" && state.verdict !== "unmapped"
  useFresh(state)
  const sync = useAct(
    () => send(`states/${entity}/${encodeURIComponent(id)}/sync`),
    () => t("record.synced"),
  )
  const takeUp = useAct(
    () => send("quarantine", { action: "retry", entity, local_id: id }),
    () => t("record.synced"),
  )
  // Left alone in Directus, it is taken up there.
  const isLeftAlone = state?.sides?.notes.some((note) => note.state === "left_alone" && note.cause === "record")
  const act = isLeftAlone ? takeUp : sync
  return (
    <Container className="divide-y p-0" role="region" aria-labelledby={heading} data-directus="">
      <div className="flex items-center justify-between gap-2 px-6 py-4">
        <Heading level="h2" id={heading}>
          {t("title")}
        </Heading>
        <span aria-live="polite">{state && <VerdictBadge verdict={state.verdict} />}</span>
      </div>
      {!state && (error ? <Failed error={error} retry={refetch} /> : <Loading />)}
      {state && (
        <>
          <Row>
            <Explanation state={state} />
            {travels && (
              <div className="mt-4 flex flex-wrap gap-2">
                <Button size="small" variant="secondary" isLoading={act.isPending} onClick={() => act.mutate()}>
                  <ArrowPath aria-hidden />
                  {t(act === takeUp ? "record.takeUp" : "record.sync")}
                </Button>
                {state.directus_url && <OutsideLink to={state.directus_url}>{t("record.open")}</OutsideLink>}
              </div>
            )}
          </Row>
          {state.conflicts.map((conflict) => (
            <Row key={conflict.id}>
              <ConflictCard conflict={conflict} />
            </Row>
          ))}
          {state.sides && Object.keys(state.sides.parts).length > 0 && (
            <Row>
              <Parts sides={state.sides} />
            </Row>
          )}
          {state.fields.some(({ owner }) => owner !== "two-way") && (
            <Row>
              <div className="flex flex-col gap-4">
                <LockedFields fields={state.fields} owner="directus" />
                <LockedFields fields={state.fields} owner="medusa" />
              </div>
            </Row>
          )}
          {travels && (
            <Row>
              <Timeline lines={state.journal} count={state.journal_count} id={id} />
            </Row>
          )}
        </>
      )}
    </Container>
  )
}
