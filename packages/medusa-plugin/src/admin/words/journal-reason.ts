import { splitOutsideQuotes, unquoted } from "medusa-directus-core/names"
import { fieldNames } from "./field-name"
import { splitReason } from "medusa-directus-core/operate"

type Translate = (key: string, options?: Record<string, unknown>) => string

/** What the engine writes before names of fields. */
const WITH_FIELDS: Record<string, string> = {
  conflict: "conflict",
  "not theirs to change": "notTheirs",
  "not in the mapping": "unmapped",
  "automations kept answering each other": "loop",
}

const WHOLE: Record<string, string> = {
  "deleted on the peer while it was edited here": "reassert",
  "the value was kept": "kept",
  "the value that had lost was taken": "taken",
  "another value was given": "given",
}

function oneOf(part: string, t: Translate): string | null {
  const [head = "", ...rest] = part.split(": ")
  const withFields = WITH_FIELDS[head]
  if (withFields && rest.length > 0) {
    const names = splitOutsideQuotes(rest.join(": "), ", ").map(unquoted)
    return t(`journal.why.${withFields}`, { fields: fieldNames(names, t) })
  }
  // Who decided is an id, which says nothing to people.
  const whole = WHOLE[part.replace(/ ?\bby \S+$/, "")]
  if (whole) return t(`journal.why.${whole}`)
  return /^by \S+$/.test(part) ? null : splitReason(part).text
}

/** Why a line of the journal is there; `null` when there is nothing to add. A refusal stays in the engine's own words. */
export function journalReason(reason: string | null, t: Translate): string | null {
  if (reason === null) return null
  // A refusal's sentence may hold a semicolon itself.
  if (splitReason(reason).code?.includes("_")) return splitReason(reason).text
  const parts = splitOutsideQuotes(reason, "; ").map((part) => oneOf(part, t))
  return parts.filter(Boolean).join("; ") || null
}
