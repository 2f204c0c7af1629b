import { Text } from "@medusajs/ui"
import type { RecordState } from "../../record-state"
import { Moment } from "../pieces/moment"
import { noteText } from "../words/note-text"
import { splitReason } from "../words/reason"
import { useWords } from "../words/use-words"

/** The state of a record in a sentence: why, since when, and when and which way it last travelled. */
export function Explanation({ state }: { state: RecordState }) {
  const words = useWords()
  const { t, when, side, fields } = words
  const { verdict, sides, waiting, last, reason } = state
  const notes = sides?.notes ?? []
  const sentences = notes.length > 0 ? notes.map((note) => noteText(note, state, words)) : [t(`explain.${verdict}`)]
  const lost = typeof sides?.peer === "object" ? sides.peer.lost : []
  const isTold = reason !== null && (sides?.cause === "record" || verdict === "off")
  return (
    <div className="flex flex-col gap-2">
      {sentences.map((sentence) => (
        <Text key={sentence} size="small">
          {sentence}
        </Text>
      ))}
      {lost.length > 0 && <Text size="small">{t("notes.lost", { fields: fields(lost) })}</Text>}
      {isTold && <ReasonText reason={reason} />}
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
