import type { CanonicalValue } from "medusa-directus-core/host"

/** A value as a person reads it; `null` = there is none. */
export function valueText(value: CanonicalValue, words: { yes: string; no: string }): string | null {
  if (value === null || value === "") return null
  if (typeof value === "boolean") return value ? words.yes : words.no
  return typeof value === "string" ? value : JSON.stringify(value, null, 2)
}
