import { Button, Table, Text, toast } from "@medusajs/ui"
import type { RepairReport } from "medusa-directus-core/host"
import { useState } from "react"
import { Failed } from "../pieces/failed"
import { JobState } from "../pieces/job-state"
import { Pager } from "../pieces/pager"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { TableFrame } from "../pieces/table-frame"
import { useAct } from "../queries/use-act"
import { useJob } from "../queries/use-job"
import { PAGE_SIZE } from "../queries/use-page"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { useSure } from "./use-sure"

interface Repair {
  records: { entity: string; id: string }[]
}

/** What differs from what the sync remembers, and its repair. */
export function DriftTab() {
  const { t, fields } = useWords()
  const sure = useSure()
  const [index, setIndex] = useState(0)
  const look = useJob("drift")
  const told = ({ marked }: { marked: number }): string => t("drift.repaired", { count: marked })
  const repair = useAct((body: Repair) => send<{ marked: number }>("repair", body), told)
  const repairAll = useJob("repair", ({ state, parameters, result }) => {
    if (state !== "done") return
    toast.success(told(result))
    if (!parameters.thisSideWins) lookNow()
  })
  const compare = useAct(
    () => send<{ report: RepairReport }>("compare"),
    ({ report: { differing, repaired } }) => t("drift.compared", { differing, repaired }),
  )
  const { job } = look
  const isPending = look.isRunning || look.start.isPending
  const isTelling = repair.isPending || repairAll.isRunning || repairAll.start.isPending
  const report = job && !isPending && job.state !== "failed" ? job.result : null

  function lookNow(): void {
    setIndex(0)
    look.start.mutate({})
  }
  // What was told is looked at again: the list shows what is left.
  const tell = (body: Repair): void => repair.mutate(body, { onSuccess: lookNow })

  async function sendAll(): Promise<void> {
    if (await sure(t("drift.winTitle"), t("drift.winText"), t("drift.win"), "danger"))
      repairAll.start.mutate({ thisSideWins: true })
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
              <Button
                size="small"
                variant="secondary"
                isLoading={isTelling}
                onClick={() => repairAll.start.mutate({ leaveDeleted: true })}
              >
                {t("drift.repairAll")}
              </Button>
            )}
            <Button size="small" isLoading={isPending} onClick={lookNow}>
              {isPending ? t("drift.looking") : t("drift.look")}
            </Button>
          </>
        }
      >
        {look.error && <Failed error={look.error} retry={look.refetch} />}
        {job && <JobState job={job} cancel={look.cancel} />}
        {repairAll.job && repairAll.isRunning && (
          <Section title={t("drift.repairing")}>
            <JobState job={repairAll.job} cancel={repairAll.cancel} />
          </Section>
        )}
        {report && (
          <Row>
            <Text size="small" aria-live="polite">
              {report.count > 0
                ? t("drift.found", { count: report.count })
                : t(report.waiting > 0 ? "drift.noneMissed" : "drift.none")}{" "}
              {report.waiting > 0 && t("drift.waiting", { count: report.waiting })}{" "}
              {report.count > report.drifts.length && t("drift.first", { count: report.drifts.length })}
            </Text>
          </Row>
        )}
        {report && report.drifts.length > 0 && (
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
                        disabled={isTelling}
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
            <Button size="small" variant="transparent" disabled={isTelling} onClick={() => void sendAll()}>
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
