import { Badge, Button, Text } from "@medusajs/ui"
import { useState } from "react"
import type { ConflictState } from "../../operate/record-state"
import { Moment } from "../pieces/moment"
import { RecordLink } from "../pieces/record-link"
import { useAct } from "../queries/use-act"
import { send } from "../sdk"
import { useWords } from "../words/use-words"
import { EditValue } from "./edit-value"
import { ValueBox } from "./value-box"

type Decision = { decision: "keep" | "take" } | { decision: "edit"; value: unknown }

/** Members of a set are there or not: there is nothing else to write. */
const WRITABLE: ReadonlySet<string> = new Set(["text", "decimal", "integer", "boolean", "date", "json", "map"])

interface ConflictCardProps {
  conflict: ConflictState
  /** Name the record too: the card stands among those of others. */
  withRecord?: boolean
}

/** A field that both sides changed: both values, and what may be done about it. */
export function ConflictCard({ conflict, withRecord = false }: ConflictCardProps) {
  const { t, field, side } = useWords()
  const [isEditing, setEditing] = useState(false)
  const decide = useAct(
    (decision: Decision) => send(`conflicts/${conflict.id}`, decision),
    () => t("conflict.decided"),
  )
  const { losing_side: loser, kind, editable, resolved_at: resolved } = conflict
  const winner = loser === "medusa" ? "directus" : "medusa"
  const isOpen = resolved === null
  const mayTake = isOpen && editable
  const isBusy = decide.isPending
  const name = field(conflict.field)
  return (
    <article className="flex flex-col gap-3" aria-label={[name, conflict.title].filter(Boolean).join(", ")}>
      {withRecord && (
        <RecordLink
          entity={conflict.entity}
          id={conflict.local_id}
          title={conflict.title}
          parentTitle={conflict.parent_title}
        />
      )}
      <div>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Badge size="2xsmall">{name}</Badge>
          <span className="txt-compact-xsmall text-ui-fg-subtle">
            <Moment at={conflict.at} />
          </span>
        </div>
        <Text size="small" className="text-ui-fg-subtle mt-1">
          {t(`conflict.${kind}`, { side: side(winner) })} {isOpen && !editable && t("conflict.elsewhere")}
        </Text>
      </div>
      <div
        className={
          withRecord ? "grid gap-3 md:grid-cols-2" : "grid gap-3 sm:grid-cols-2 xl:grid-cols-1 2xl:grid-cols-2"
        }
      >
        <ValueBox
          title={t("conflict.stands")}
          from={kind === "loop" ? "" : t("conflict.from", { side: side(winner) })}
          value={conflict.value}
          action={
            isOpen && (
              <Button
                size="small"
                variant="secondary"
                disabled={isBusy}
                onClick={() => decide.mutate({ decision: "keep" })}
              >
                {editable ? t("conflict.keep") : t("conflict.dismiss")}
              </Button>
            )
          }
        />
        <ValueBox
          title={t("conflict.lost")}
          from={t("conflict.from", { side: side(loser) })}
          value={conflict.losing_value}
          action={
            mayTake && (
              <Button
                size="small"
                variant="secondary"
                disabled={isBusy}
                onClick={() => decide.mutate({ decision: "take" })}
              >
                {t("conflict.take")}
              </Button>
            )
          }
        />
      </div>
      {mayTake && WRITABLE.has(conflict.type ?? "") && !isEditing && (
        <div>
          <Button size="small" variant="transparent" disabled={isBusy} onClick={() => setEditing(true)}>
            {t("conflict.edit")}
          </Button>
        </div>
      )}
      {isEditing && (
        <EditValue
          conflict={conflict}
          isBusy={isBusy}
          save={(value) => decide.mutate({ decision: "edit", value })}
          cancel={() => setEditing(false)}
        />
      )}
    </article>
  )
}
