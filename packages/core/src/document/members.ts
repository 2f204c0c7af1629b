import { memberName } from "./names.ts"
import { isObject, type CanonicalValue, type Document } from "./value.ts"

/**
 * A set travels as one field per member (`tags#summer: true`) and a map as one per key (`options#Size: "S"`), so that the
 * ordinary field merge keeps the additions of both sides; a removed member is a field that went back to `null`.
 */
export function expandMembers(name: string, value: CanonicalValue): Document {
  if (Array.isArray(value)) return Object.fromEntries(value.map((member) => [memberName(name, String(member)), true]))
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [memberName(name, key), of]))
}

/** The members of field `name` in a document and what stands at each, sorted by member. */
export function membersIn(name: string, document: Document): [member: string, value: CanonicalValue][] {
  const prefix = memberName(name, "")
  const found: [string, CanonicalValue][] = []
  for (const field in document) {
    const value = document[field] ?? null
    if (value !== null && field.startsWith(prefix)) found.push([field.slice(prefix.length), value])
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The members of set `name` in a document, sorted. */
export const collapseSet = (name: string, document: Document): string[] =>
  membersIn(name, document).map(([member]) => member)
