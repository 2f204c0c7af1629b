import { Text } from "@medusajs/ui"
import type { Losses } from "medusa-directus-core/host"
import { RecordLink } from "../pieces/record-link"
import { Row } from "../pieces/section"
import { useWords } from "../words/use-words"

/** Values that a backfill would put into the inbox: how many of each field, and some of them. */
export function BackfillLosses({ losses: { count, fields, sample } }: { losses: Losses }) {
  const { t, amount, field: fieldName, kind: kindName, side: sideName } = useWords()
  const each = fields.map(({ entity, field, side, count: n }) =>
    t("backfill.lostOf", { field: fieldName(field), kind: kindName(entity), side: sideName(side), count: amount(n) }),
  )
  const textOf = (value: string | null): string => (value === null ? t("backfill.lostEmpty") : `“${value}”`)
  return (
    <>
      <Row>
        <Text size="small" weight="plus">
          {t("backfill.lost", { count })}
        </Text>
        <Text size="small" className="text-ui-fg-subtle mt-1">
          {t("backfill.lostNote", { fields: each.join("; ") })}
        </Text>
      </Row>
      <ul className="divide-y">
        {sample.map(({ entity, localId, title, parentTitle, field, side, loses, wins }) => (
          <li key={`${entity} ${localId} ${field}`}>
            <Row>
              <div className="flex flex-col gap-1">
                <RecordLink entity={entity} id={localId} title={title} parentTitle={parentTitle} />
                <Text size="small" className="break-words">
                  {fieldName(field)}:{" "}
                  {t("backfill.lostSample", { wins: textOf(wins), loses: textOf(loses), side: sideName(side) })}
                </Text>
              </div>
            </Row>
          </li>
        ))}
      </ul>
    </>
  )
}
