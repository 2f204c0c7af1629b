import type { CanonicalValue } from "medusa-directus-core"

/** A value as a person reads it; `null` = there is none. */
export function valueText(value: CanonicalValue, words: { yes: string; no: string }): string | null {
  if (value === null || value === "") return null
  if (typeof value === "boolean") return value ? words.yes : words.no
  return typeof value === "string" ? value : JSON.stringify(value, null, 2)
}

/** Is it edited as plain text, or as JSON? */
export const isPlain = (value: CanonicalValue): boolean => value === null || typeof value === "string"

/** @throws SyntaxError when JSON is asked for and it is none. */
export const parseEdited = (text: string, plain: boolean): CanonicalValue => {
  if (plain) return text === "" ? null : text
  return JSON.parse(text) as CanonicalValue
}
