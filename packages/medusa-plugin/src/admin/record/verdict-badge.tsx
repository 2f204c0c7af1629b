import { StatusBadge } from "@medusajs/ui"
import type { RecordVerdict } from "../../record-state"
import { useWords } from "../words/use-words"

const COLOURS: Record<RecordVerdict, "green" | "orange" | "red" | "grey" | "blue"> = {
  synced: "green",
  waiting: "blue",
  paused: "orange",
  conflict: "orange",
  stopped: "red",
  unconfirmed: "grey",
  partly: "grey",
  unknown: "grey",
  left_alone: "grey",
  archived: "grey",
  off: "grey",
  unmapped: "grey",
}

export function VerdictBadge({ verdict }: { verdict: RecordVerdict }) {
  const { t } = useWords()
  return <StatusBadge color={COLOURS[verdict]}>{t(`verdict.${verdict}`)}</StatusBadge>
}
