import { Button, Table, Text } from "@medusajs/ui"
import { useMutation } from "@tanstack/react-query"
import type { RepairReport } from "medusa-directus-core"
import { useState } from "react"
import type { NamedDrift } from "../../overview"
import { Failed } from "../pieces/failed"
import { Pager } from "../pieces/pager"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { TableFrame } from "../pieces/table-frame"
import { Loading } from "../pieces/waiting"
import { useAct } from "../queries/use-act"
import { PAGE_SIZE } from "../queries/use-page"
import { read, send } from "../sdk"
import { useWords } from "../words/use-words"
import { useSure } from "./use-sure"

type Repair = { all: true; thisSideWins?: boolean } | { records: { entity: string; id: string }[] }

/** Of all that drifted this many are listed; repairing all takes the others too. */
const LISTED = 200

/** What differs from what the sync remembers, and its repair. */
export function DriftTab() {
  const { t, fields } = useWords()
  const sure = useSure()
  const [index, setIndex] = useState(0)
  const look = useMutation({
    mutationFn: () => read<{ count: number; drifts: NamedDrift[] }>("drift", { limit: LISTED }),
  })
  const repair = useAct(
    (body: Repair) => send<{ marked: number }>("repair", body),
    ({ marked }) => t("drift.repaired", { count: marked }),
  )
  const compare = useAct(
    () => send<{ report: RepairReport }>("compare"),
    ({ report: { differing, repaired } }) => t("drift.compared", { differing, repaired }),
  )
  const { data: report, isPending, error } = look

  function lookNow(): void {
    setIndex(0)
    look.mutate()
  }
  // What was told is looked at again: the list shows what is left.
  const tell = (body: Repair): void => repair.mutate(body, { onSuccess: lookNow })

  async function sendAll(): Promise<void> {
    if (await sure(t("drift.winTitle"), t("drift.winText"), t("drift.win"), "danger"))
      repair.mutate({ all: true, thisSideWins: true })
  }

  return (
    <>
      <Section
        title={t("drift.title")}
        level="h1"
        text={t("drift.text")}
        actions={
          <>
            {report && report.count > 0 && (
              <Button size="small" variant="secondary" isLoading={repair.isPending} onClick={() => tell({ all: true })}>
                {t("drift.repairAll")}
              </Button>
            )}
            <Button size="small" isLoading={isPending} onClick={lookNow}>
              {isPending ? t("drift.looking") : t("drift.look")}
            </Button>
          </>
        }
      >
        {isPending && <Loading />}
        {error && <Failed error={error} retry={lookNow} />}
        {report && !isPending && (
          <Row>
            <Text size="small" aria-live="polite">
              {report.count === 0 ? t("drift.none") : t("drift.found", { count: report.count })}{" "}
              {report.count > report.drifts.length && t("drift.first", { count: report.drifts.length })}
            </Text>
          </Row>
        )}
        {report && !isPending && report.drifts.length > 0 && (
          <>
            <TableFrame label={t("drift.title")} columns={[t("common.record"), t("drift.what"), ""]}>
              {report.drifts
                .slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE)
                .map(({ entity, localId, kind, title, fields: names }) => (
                  <Table.Row key={`${entity} ${localId}`}>
                    <Table.Cell className="max-w-72 py-2">
                      <RecordLink entity={entity} id={localId} title={title} />
                    </Table.Cell>
                    <Table.Cell className="whitespace-normal py-2">
                      {t(`drift.kinds.${kind}`)}
                      {names.length > 0 && <span className="text-ui-fg-subtle">: {fields(names)}</span>}
                    </Table.Cell>
                    <Table.Cell className="py-2 text-end">
                      <Button
                        size="small"
                        variant="secondary"
                        disabled={repair.isPending}
                        onClick={() => tell({ records: [{ entity, id: localId }] })}
                      >
                        {t("drift.repair")}
                      </Button>
                    </Table.Cell>
                  </Table.Row>
                ))}
            </TableFrame>
            <Pager count={report.drifts.length} index={index} toPage={setIndex} />
          </>
        )}
      </Section>
      <Section
        title={t("drift.compare")}
        text={t("drift.compareText")}
        actions={
          <>
            <Button size="small" variant="transparent" disabled={repair.isPending} onClick={() => void sendAll()}>
              {t("drift.win")}
            </Button>
            <Button size="small" variant="secondary" isLoading={compare.isPending} onClick={() => compare.mutate()}>
              {compare.isPending ? t("drift.comparing") : t("drift.compare")}
            </Button>
          </>
        }
      />
    </>
  )
}
