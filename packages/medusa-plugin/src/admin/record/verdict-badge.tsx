import { StatusBadge } from "@medusajs/ui"
import type { RecordVerdict } from "../../record-state"
import { useWords } from "../words/use-words"

const COLOURS: Record<RecordVerdict, "green" | "orange" | "red" | "grey" | "blue"> = {
  in_sync: "green",
  waiting: "blue",
  conflict: "orange",
  stopped: "red",
  new: "grey",
  unlinked: "grey",
  ended: "grey",
  off: "grey",
  unmapped: "grey",
}

export function VerdictBadge({ verdict }: { verdict: RecordVerdict }) {
  const { t } = useWords()
  return <StatusBadge color={COLOURS[verdict]}>{t(`verdict.${verdict}`)}</StatusBadge>
}
