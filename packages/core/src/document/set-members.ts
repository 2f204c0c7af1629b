import type { CanonicalValue, Document } from "./value.ts"

const SEPARATOR = "#"

/** The set that a member field such as `tags#summer` belongs to, or the name itself. */
export function setOf(fieldName: string): string {
  const at = fieldName.indexOf(SEPARATOR)
  return at === -1 ? fieldName : fieldName.slice(0, at)
}

export const isMember = (fieldName: string): boolean => fieldName.includes(SEPARATOR)

/**
 * A set travels as one field per member (`tags#summer: true`), so that the ordinary field merge keeps the additions of
 * both sides; a removed member is a field that went back to `null`.
 */
export function expandSet(name: string, value: CanonicalValue): Document {
  const members = Array.isArray(value) ? value : []
  return Object.fromEntries(members.map((member) => [`${name}${SEPARATOR}${String(member)}`, true]))
}

/** The members of set `name` in a document, sorted. */
export function collapseSet(name: string, document: Document): string[] {
  const prefix = name + SEPARATOR
  return Object.keys(document)
    .filter((field) => field.startsWith(prefix) && document[field] !== null)
    .map((field) => field.slice(prefix.length))
    .sort()
}
