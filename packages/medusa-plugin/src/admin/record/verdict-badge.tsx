import { StatusBadge } from "@medusajs/ui"
import { TONES, type Tone } from "medusa-directus-core/operate"
import type { RecordVerdict } from "../../operate/record-state"
import { useWords } from "../words/use-words"

const COLOURS: Record<Tone, "green" | "orange" | "red" | "grey" | "blue"> = {
  success: "green",
  info: "blue",
  warning: "orange",
  danger: "red",
  neutral: "grey",
}

export function VerdictBadge({ verdict }: { verdict: RecordVerdict }) {
  const { states } = useWords()
  return <StatusBadge color={COLOURS[TONES[verdict]]}>{states.label(verdict)}</StatusBadge>
}
