import { Button, Heading, Text } from "@medusajs/ui"
import { useId, useState } from "react"
import { Link } from "react-router-dom"
import type { JournalLine } from "../../operate/record-state"
import { Moment } from "../pieces/moment"
import { useWords } from "../words/use-words"

const FIRST = 4

interface TimelineProps {
  lines: JournalLine[]
  /** Of all lines; `lines` may be fewer. */
  count: number
  id: string
}

/** What happened to one record, the newest first. */
export function Timeline({ lines, count, id }: TimelineProps) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  const heading = useId()
  const shown = isOpen ? lines : lines.slice(0, FIRST)
  const hidden = lines.length - shown.length
  return (
    <div className="flex flex-col gap-3">
      <Heading level="h3" id={heading} className="txt-small-plus">
        {t("record.timeline")}
      </Heading>
      {lines.length === 0 && (
        <Text size="small" className="text-ui-fg-subtle">
          {t("record.timelineEmpty")}
        </Text>
      )}
      <ol aria-labelledby={heading} className="flex flex-col gap-3">
        {shown.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {hidden > 0 && (
          <Button size="small" variant="secondary" onClick={() => setOpen(true)}>
            {t("record.more", { count: hidden })}
          </Button>
        )}
        {count > 0 && (
          <Link
            to={`/settings/directus?tab=activity&id=${id}`}
            className="txt-small text-ui-fg-base underline underline-offset-2"
          >
            {t("record.whole")}
          </Link>
        )}
      </div>
    </div>
  )
}

/** A bullet in the colour of its direction. */
const DOTS = { out: "bg-ui-tag-blue-icon", in: "bg-ui-tag-purple-icon" }

function Line({ line }: { line: JournalLine }) {
  const { t, fields, why } = useWords()
  const { direction, event, at } = line
  const reason = why(line.reason)
  return (
    <li className="flex items-start gap-3">
      <span aria-hidden className={`mt-1.5 size-2 shrink-0 rounded-full ${DOTS[direction]}`} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-2">
          <Text size="small" weight="plus" className="min-w-0 break-words">
            {t(`journal.${direction}.${event}`, { defaultValue: event })}
          </Text>
          <span className="txt-compact-xsmall text-ui-fg-subtle">
            <Moment at={at} />
          </span>
        </div>
        {line.fields.length > 0 && (
          <Text size="small" className="text-ui-fg-subtle break-words">
            {fields(line.fields)}
          </Text>
        )}
        {reason && (
          <Text size="small" className="text-ui-fg-subtle break-words" dir="auto">
            {reason}
          </Text>
        )}
      </div>
    </li>
  )
}
