import { Badge, Text } from "@medusajs/ui"
import { useQuery } from "@tanstack/react-query"
import type { InboxThere as Inbox } from "../../operate/overview"
import { ValueBox } from "../conflicts/value-box"
import { Moment } from "../pieces/moment"
import { OutsideLink } from "../pieces/outside-link"
import { RecordLink } from "../pieces/record-link"
import { Row, Section } from "../pieces/section"
import { read } from "../sdk"
import { useWords } from "../words/use-words"

/** Conflicts that wait in Directus: whoever typed here what lost there finds it here. */
export function InboxThere() {
  const { t, field, side } = useWords()
  const { data } = useQuery({
    queryKey: ["directus", "peer", "conflicts"],
    queryFn: () => read<{ inbox: Inbox | null }>("peer/conflicts"),
    refetchInterval: 10_000,
  })
  if (!data || data.inbox?.conflicts.length === 0) return null
  return (
    <Section title={t("inbox.there")} text={t(data.inbox ? "inbox.thereText" : "inbox.thereSilent")}>
      <ul className="divide-y">
        {data.inbox?.conflicts.map((conflict) => (
          <li key={conflict.id}>
            <Row>
              <article className="flex flex-col gap-3" aria-label={[field(conflict.field), conflict.title].join(", ")}>
                <div className="flex flex-wrap items-start justify-between gap-3">
                  <RecordLink
                    entity={conflict.entity}
                    id={conflict.peer}
                    title={conflict.title}
                    parentTitle={conflict.part_of}
                  />
                  {conflict.directus_url && <OutsideLink to={conflict.directus_url}>{t("inbox.decide")}</OutsideLink>}
                </div>
                <div>
                  <div className="flex flex-wrap items-center justify-between gap-2">
                    <Badge size="2xsmall">{field(conflict.field)}</Badge>
                    <span className="txt-compact-xsmall text-ui-fg-subtle">
                      <Moment at={conflict.at} />
                    </span>
                  </div>
                  <Text size="small" className="text-ui-fg-subtle mt-1">
                    {t(`inbox.lost.${conflict.loser}`)}
                  </Text>
                </div>
                <ValueBox
                  title={t("conflict.lost")}
                  from={t("conflict.from", { side: side(conflict.loser) })}
                  value={conflict.value}
                />
              </article>
            </Row>
          </li>
        ))}
      </ul>
    </Section>
  )
}
