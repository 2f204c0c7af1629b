import { Text } from "@medusajs/ui"
import type { Preview } from "medusa-directus-core/host"
import { RecordLink } from "../pieces/record-link"
import { Row } from "../pieces/section"
import { ReasonText } from "../record/explanation"
import { useWords } from "../words/use-words"
import { BackfillLosses } from "./backfill-losses"

/** What a backfill would do. */
export function BackfillPreview({ preview }: { preview: Preview }) {
  const { t, amount } = useWords()
  const { create, back, match, change, same, stopped, problems, losses } = preview
  const lines: [name: string, count: number][] = [
    ["create", create],
    ["back", back],
    ["match", match],
    ["change", change],
    ["same", same],
    ["stop", stopped],
  ]
  return (
    <>
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-3">
        {lines.map(([name, count]) => (
          <div key={name} className="flex flex-col-reverse justify-end px-6 py-4">
            <dt className="txt-small text-ui-fg-subtle">{t(`backfill.${name}`)}</dt>
            <dd className="txt-xlarge-plus">{amount(count)}</dd>
          </div>
        ))}
      </dl>
      {problems.length > 0 && (
        <ul className="divide-y">
          {problems.map(({ entity, localId, title, parentTitle, reason }) => (
            <li key={`${entity} ${localId}`}>
              <Row>
                <div className="flex flex-col gap-2">
                  <RecordLink entity={entity} id={localId} title={title} parentTitle={parentTitle} />
                  <ReasonText reason={reason} />
                </div>
              </Row>
            </li>
          ))}
        </ul>
      )}
      {stopped > problems.length && (
        <Row>
          <Text size="small" className="text-ui-fg-subtle">
            {t("drift.first", { count: problems.length })}
          </Text>
        </Row>
      )}
      {losses.count > 0 && <BackfillLosses losses={losses} />}
    </>
  )
}
