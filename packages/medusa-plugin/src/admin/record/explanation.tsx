import { Text } from "@medusajs/ui"
import type { RecordState } from "../../operate/record-state"
import { Moment } from "../pieces/moment"
import { RecordLink } from "../pieces/record-link"
import { seenState } from "../words/seen-state"
import { splitReason } from "medusa-directus-core/operate"
import { useWords } from "../words/use-words"

/** The state of a record in a sentence: why, since when, and when and which way it last travelled. */
export function Explanation({ state }: { state: RecordState }) {
  const { t, when, side, fields, states } = useWords()
  const { verdict, sides, waiting, last, reason } = state
  const notes = sides?.notes ?? []
  const seen = seenState(state)
  const sentences = notes.length > 0 ? notes.map((note) => states.note(note, seen)) : [states.record(verdict)]
  const lost = typeof sides?.peer === "object" ? sides.peer.lost : []
  const isTold = reason !== null && (sides?.cause === "record" || verdict === "off")
  return (
    <div className="flex flex-col gap-2">
      {sentences.map((sentence) => (
        <Text key={sentence} size="small">
          {sentence}
        </Text>
      ))}
      {lost.length > 0 && <Text size="small">{states.lost(fields(lost))}</Text>}
      {state.needs && <RecordLink entity={state.needs.entity} id={state.needs.local_id} title={state.needs.title} />}
      {isTold && !state.needs && <ReasonText reason={reason} />}
      {isTold && state.needs && (
        <details>
          <summary className="txt-small text-ui-fg-subtle cursor-pointer">{t("common.details")}</summary>
          <ReasonText reason={reason} />
        </details>
      )}
      {waiting?.since && (
        <Text size="small" className="text-ui-fg-subtle">
          {t("explain.since", { when: when(waiting.since) })}
        </Text>
      )}
      {last && (
        <Text size="small" className="text-ui-fg-subtle">
          {t("explain.last", { when: "" }).trimEnd()} <Moment at={last.at} />,{" "}
          {t("explain.from", {
            from: side(last.from),
            to: side(last.from === "medusa" ? "directus" : "medusa"),
          })}
        </Text>
      )}
    </div>
  )
}

/** The engine's sentence, which names the field and what to do, with its code for the search in the docs. */
export function ReasonText({ reason }: { reason: string }) {
  const { code, text } = splitReason(reason)
  return (
    <div className="bg-ui-bg-subtle rounded-md border px-3 py-2">
      <Text size="small" className="break-words" lang="en" dir="auto">
        {text}
      </Text>
      {code && <code className="txt-compact-xsmall text-ui-fg-subtle">{code}</code>}
    </div>
  )
}
