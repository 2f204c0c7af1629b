import { Text } from "@medusajs/ui"
import type { RecordState } from "../../record-state"
import { Moment } from "../pieces/moment"
import { splitReason } from "../words/reason"
import { useWords } from "../words/use-words"

/** The state of a record in a sentence: why, since when, and when and which way it last travelled. */
export function Explanation({ state }: { state: RecordState }) {
  const { t, when, side } = useWords()
  const { verdict, waiting, last, reason, conflicts } = state
  const sentence = waiting
    ? t(`explain.${waiting.for}`, { when: when(waiting.next_try_at) })
    : t(`explain.${verdict}`, { count: conflicts.length })
  const isTold = reason !== null && (verdict === "stopped" || verdict === "off" || waiting !== null)
  return (
    <div className="flex flex-col gap-2">
      <Text size="small">{sentence}</Text>
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
