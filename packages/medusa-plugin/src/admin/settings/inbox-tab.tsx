import { Text } from "@medusajs/ui"
import { useSearchParams } from "react-router-dom"
import type { ConflictState } from "../../operate/record-state"
import { ConflictCard } from "../conflicts/conflict-card"
import { Choice } from "../pieces/choice"
import { Failed } from "../pieces/failed"
import { Pager } from "../pieces/pager"
import { Row, Section } from "../pieces/section"
import { Loading } from "../pieces/waiting"
import { usePage } from "../queries/use-page"
import { useWords } from "../words/use-words"
import { InboxThere } from "./inbox-there"
import { KindChoice } from "./kind-choice"

/** Values that lost and wait for a person. */
export function InboxTab({ kinds }: { kinds: string[] }) {
  const { t } = useWords()
  const [params] = useSearchParams()
  const [kind, decided] = [params.get("kind") ?? undefined, params.get("decided") === "true"]
  const { query, index, toPage, filterBy } = usePage<ConflictState>("conflicts", "conflicts", {
    entity: kind,
    resolved: String(decided),
  })
  const { data, error, refetch } = query
  return (
    <>
      <Section
        title={t("inbox.title")}
        level="h1"
        text={t("inbox.text")}
        actions={
          <>
            <KindChoice kinds={kinds} kind={kind} onChange={(value) => filterBy({ kind: value })} />
            <Choice
              label={t("inbox.show")}
              value={String(decided)}
              options={[
                ["false", t("inbox.open")],
                ["true", t("inbox.decidedOnes")],
              ]}
              onChange={(value) => filterBy({ decided: value === "true" ? "true" : undefined })}
            />
          </>
        }
      >
        {!data && (error ? <Failed error={error} retry={refetch} /> : <Loading />)}
        {data?.rows.length === 0 && (
          <Row>
            <Text size="small" className="text-ui-fg-subtle">
              {kind || decided ? t("inbox.noneOf") : t("inbox.none")}
            </Text>
          </Row>
        )}
        {data && data.rows.length > 0 && (
          <ul className="divide-y">
            {data.rows.map((conflict) => (
              <li key={conflict.id}>
                <Row>
                  <ConflictCard conflict={conflict} withRecord />
                </Row>
              </li>
            ))}
          </ul>
        )}
        {data && <Pager count={data.count} index={index} toPage={toPage} />}
      </Section>
      {!decided && <InboxThere />}
    </>
  )
}
