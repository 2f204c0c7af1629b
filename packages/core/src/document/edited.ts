import { isMember } from "./names.ts"

/** How a person types a value: as it reads, as yes or no, or as JSON. */
export type TypedAs = "text" | "boolean" | "json"

const AS: Record<string, TypedAs> = { boolean: "boolean", json: "json", set: "json", map: "json", references: "json" }

/**
 * By the field's type, and never by the look of a value: "6109.10" of a text is no number, and neither is it one of a field that
 * holds nothing yet.
 *
 * @param name - of the document's field: a member of a map holds a text, one of any other set is there or not.
 */
export function typedAs(type: string, name: string): TypedAs {
  if (isMember(name)) return type === "map" ? "text" : "boolean"
  return AS[type] ?? "text"
}

/** What a person begins with who edits a value: nothing where there is none. */
export function editedFrom(type: string, name: string, value: unknown): string {
  const as = typedAs(type, name)
  if (as === "boolean") return String(value === true)
  if (value === null || value === undefined) return ""
  return as === "text" && typeof value === "string" ? value : JSON.stringify(value, null, 2)
}

/**
 * What somebody has typed, as the host takes it. Nothing is no value.
 *
 * @throws SyntaxError when JSON is asked for and it is none.
 */
export function readEdited(type: string, name: string, text: string): unknown {
  const as = typedAs(type, name)
  const isText = type === "text" || (type === "map" && as === "text")
  if (text === "" || (text === "null" && !isText)) return null
  if (as === "json") return JSON.parse(text) as unknown
  if (as === "text" || !/^(true|false)$/.test(text)) return text
  // A member that is not there is no value.
  return text === "true" || (isMember(name) ? null : false)
}
