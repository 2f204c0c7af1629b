import { Badge, StatusBadge, Table, Text } from "@medusajs/ui"
import { useQuery } from "@tanstack/react-query"
import type { MappedField, MappedKind } from "medusa-directus-core/host"
import { Failed } from "../pieces/failed"
import { Row, Section } from "../pieces/section"
import { TableFrame } from "../pieces/table-frame"
import { Loading } from "../pieces/waiting"
import { read } from "../sdk"
import { useWords } from "../words/use-words"

/** Which field is which, and whose. */
export function MappingTab() {
  const { t } = useWords()
  const { data, error, refetch } = useQuery({
    queryKey: ["directus", "mapping"],
    queryFn: () => read<{ mapping: MappedKind[] }>("mapping"),
  })
  return (
    <>
      <Section title={t("mapping.title")} level="h1" text={t("mapping.text")}>
        {!data && (error ? <Failed error={error} retry={refetch} /> : <Loading />)}
      </Section>
      {data?.mapping.map((kind) => (
        <Kind key={kind.kind} kind={kind} />
      ))}
    </>
  )
}

function Kind({ kind: { kind, collection, matchKeys: keys, deletes, fields } }: { kind: MappedKind }) {
  const { t, kind: kindName, field, side } = useWords()
  const title = kindName(kind, 2)
  const facts: [string, string][] = [
    [t("mapping.collection"), collection],
    [t("mapping.keys"), keys.map(field).join(", ") || "–"],
    [t("mapping.policyIn", { side: side("medusa") }), t(`mapping.policy.${deletes.medusa}`)],
    [t("mapping.policyIn", { side: side("directus") }), t(`mapping.policy.${deletes.directus}`)],
  ]
  return (
    <Section title={title}>
      <Row>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt className="txt-small text-ui-fg-subtle">{name}</dt>
              <dd className="txt-small">{value}</dd>
            </div>
          ))}
        </dl>
      </Row>
      <TableFrame label={title} columns={[t("mapping.medusa"), t("mapping.directus"), t("mapping.who")]}>
        {fields.map((one) => (
          <Field key={one.name} field={one} />
        ))}
      </TableFrame>
    </Section>
  )
}

function Field({ field: { name, medusa, directus, owner, wins } }: { field: MappedField }) {
  const { t, field, side } = useWords()
  const path = (text: string | null) => (text === null ? <Text size="small">–</Text> : <code>{text}</code>)
  return (
    <Table.Row>
      <Table.Cell>
        <span className="flex items-center gap-2">
          {field(name)} <span className="text-ui-fg-subtle">{path(medusa)}</span>
        </span>
      </Table.Cell>
      <Table.Cell>{path(directus)}</Table.Cell>
      <Table.Cell>
        {owner === "two-way" ? (
          <Badge size="2xsmall">{t("mapping.both", { side: side(wins) })}</Badge>
        ) : (
          <StatusBadge color={owner === "medusa" ? "blue" : "purple"}>
            {t("mapping.only", { side: side(owner) })}
          </StatusBadge>
        )}
      </Table.Cell>
    </Table.Row>
  )
}
