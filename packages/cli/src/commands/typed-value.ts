import { editedFrom, readEdited } from "medusa-directus-core/names"
import type { Conflict } from "../hosts/shapes.ts"

type Known = Pick<Conflict, "field" | "type" | "value" | "losingValue">

/**
 * What somebody has typed for a field, by the field's type: a text stays as it was typed, digits and all. Nothing is no
 * value. What is no JSON is meant as a text, since a shell takes the quotes off.
 *
 * @param conflict - absent when it is not known.
 */
export function typedValue(typed: string, conflict?: Known): unknown {
  const type = conflict?.type ?? guessedType(typed, conflict)
  try {
    return readEdited(type, conflict?.field ?? "", typed)
  } catch {
    return typed
  }
}

/** What a person begins with who edits a value: nothing where there is none. */
export function editable({ field, type, value, losingValue }: Known): string {
  return editedFrom(type ?? guessedType("", { value, losingValue }), field, value)
}

const isText = (value: unknown): boolean => value === null || value === undefined || typeof value === "string"

/** A host of before does not tell the type: where a value of the conflict is no text, JSON is meant. */
function guessedType(typed: string, conflict?: Pick<Known, "value" | "losingValue">): string {
  const meansJson = conflict
    ? !isText(conflict.value) || !isText(conflict.losingValue)
    : /^\s*[[{]|^(true|false)$/.test(typed)
  return meansJson ? "json" : "text"
}
