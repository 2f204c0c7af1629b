import { Text } from "@medusajs/ui"
import type { Preview } from "medusa-directus-core"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { ReasonText } from "../record/explanation"
import { useWords } from "../words/use-words"

/** What a backfill would do. */
export function BackfillPreview({ preview }: { preview: Preview }) {
  const { t, amount } = useWords()
  const { create, match, change, same, stopped, problems } = preview
  const lines: [name: string, count: number][] = [
    ["create", create],
    ["match", match],
    ["change", change],
    ["same", same],
    ["stop", stopped],
  ]
  return (
    <Section title={t("backfill.preview")} text={t("backfill.previewNote")}>
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-5">
        {lines.map(([name, count]) => (
          <div key={name} className="flex flex-col-reverse justify-end px-6 py-4">
            <dt className="txt-small text-ui-fg-subtle">{t(`backfill.${name}`)}</dt>
            <dd className="txt-xlarge-plus">{amount(count)}</dd>
          </div>
        ))}
      </dl>
      {problems.length > 0 && (
        <ul className="divide-y">
          {problems.map(({ entity, localId, reason }) => (
            <li key={`${entity} ${localId}`}>
              <Row>
                <div className="flex flex-col gap-2">
                  <RecordLink entity={entity} id={localId} title={null} />
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
    </Section>
  )
}
