import type { Conflict } from "../hosts/shapes.ts"

type Known = Pick<Conflict, "value" | "losingValue">

const isText = (value: unknown): boolean => value === null || value === undefined || typeof value === "string"

/**
 * What somebody has typed for a field. A text stays as it was typed, digits and all: only where a value of the conflict is
 * none is JSON meant. Nothing is no value.
 *
 * @param conflict - absent when it is not known; then what looks like an object, a list, a truth or nothing is JSON.
 */
export function typedValue(typed: string, conflict?: Known): unknown {
  if (typed === "" || typed === "null") return null
  const meansJson = conflict
    ? !isText(conflict.value) || !isText(conflict.losingValue)
    : /^\s*[[{]|^(true|false)$/.test(typed)
  if (!meansJson) return typed
  try {
    return JSON.parse(typed) as unknown
  } catch {
    return typed
  }
}

/** What a person begins with who edits a value: nothing where there is none. */
export function editable(value: unknown): string {
  if (value === null || value === undefined) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}
