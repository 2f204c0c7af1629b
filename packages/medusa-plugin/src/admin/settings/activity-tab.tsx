import { Button, StatusBadge, Table, Text } from "@medusajs/ui"
import { useSearchParams } from "react-router-dom"
import type { JournalLine } from "../../operate/record-state"
import { Choice } from "../pieces/choice"
import { Failed } from "../pieces/failed"
import { Moment } from "../pieces/moment"
import { Pager } from "../pieces/pager"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { TableFrame } from "../pieces/table-frame"
import { Loading } from "../pieces/waiting"
import { usePage } from "../queries/use-page"
import { useWords } from "../words/use-words"
import { KindChoice } from "./kind-choice"

/** What was sent and taken, of all records or of one. */
export function ActivityTab({ kinds }: { kinds: string[] }) {
  const { t } = useWords()
  const [params] = useSearchParams()
  const get = (name: string): string | undefined => params.get(name) ?? undefined
  const [kind, way, id] = [get("kind"), get("way"), get("id")]
  const filters = { titles: "true", entity: kind, direction: way, local_id: id }
  const { query, index, toPage, filterBy } = usePage<JournalLine>("journal", "journal", filters)
  const { data, error, refetch } = query
  return (
    <Section
      title={t("activity.title")}
      level="h1"
      text={t("activity.text")}
      actions={
        <>
          <KindChoice kinds={kinds} kind={kind} onChange={(value) => filterBy({ kind: value })} />
          <Choice
            label={t("activity.direction")}
            value={way ?? "both"}
            options={[
              ["both", t("activity.both")],
              ["out", t("activity.out")],
              ["in", t("activity.in")],
            ]}
            onChange={(value) => filterBy({ way: value === "both" ? undefined : value })}
          />
        </>
      }
    >
      {id && (
        <Row>
          <div className="flex items-center justify-between gap-2">
            <Text size="small">{t("activity.only", { id })}</Text>
            <Button size="small" variant="secondary" onClick={() => filterBy({ id: undefined })}>
              {t("activity.clear")}
            </Button>
          </div>
        </Row>
      )}
      {!data && (error ? <Failed error={error} retry={refetch} /> : <Loading lines={6} />)}
      {data?.rows.length === 0 && (
        <Row>
          <Text size="small" className="text-ui-fg-subtle">
            {kind || way || id ? t("activity.noneOf") : t("activity.none")}
          </Text>
        </Row>
      )}
      {data && data.rows.length > 0 && (
        <TableFrame label={t("activity.title")} columns={[t("common.record"), t("activity.what"), t("activity.when")]}>
          {data.rows.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </TableFrame>
      )}
      {data && <Pager count={data.count} index={index} toPage={toPage} />}
    </Section>
  )
}

function Line({ line }: { line: JournalLine }) {
  const { t, fields, why } = useWords()
  const { direction, event } = line
  const reason = why(line.reason)
  return (
    <Table.Row>
      <Table.Cell className="max-w-56 py-2 align-top">
        <RecordLink entity={line.entity} id={line.local_id} title={line.title ?? null} />
      </Table.Cell>
      <Table.Cell className="whitespace-normal py-2 align-top">
        <StatusBadge color={direction === "out" ? "blue" : "purple"}>
          {t(`journal.${direction}.${event}`, { defaultValue: event })}
        </StatusBadge>
        {line.fields.length > 0 && <div className="text-ui-fg-subtle break-words">{fields(line.fields)}</div>}
        {reason && (
          <div className="text-ui-fg-subtle break-words" dir="auto">
            {reason}
          </div>
        )}
      </Table.Cell>
      <Table.Cell className="py-2 align-top">
        <Moment at={line.at} />
      </Table.Cell>
    </Table.Row>
  )
}
