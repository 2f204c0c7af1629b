import { collapseSet, expandSet, setOf } from "../document/set-members.ts"
import type { CanonicalValue, Document, Side } from "../document/value.ts"
import type { EntityDefinition, FieldDefinition } from "./entity.ts"

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

function getPath(row: Record<string, unknown>, path: string): unknown {
  let at: unknown = row
  for (const part of path.split(".")) {
    if (!isObject(at) || !Object.hasOwn(at, part)) return undefined
    at = at[part]
  }
  return at
}

function setPath(row: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split(".")
  const last = parts.pop() ?? path
  let at = row
  for (const part of parts) {
    const next = Object.hasOwn(at, part) && isObject(at[part]) ? at[part] : {}
    at[part] = next
    at = next
  }
  at[last] = value
}

function fromHostValue(field: FieldDefinition, side: Side, value: CanonicalValue): CanonicalValue {
  const stored = Object.entries(field.values?.[side] ?? {}).find(([, host]) => host === value)
  return stored ? stored[0] : value
}

function toHostValue(field: FieldDefinition, side: Side, value: CanonicalValue): CanonicalValue {
  if (typeof value !== "string") return value
  const table = { ...field.values?.[side], ...field.writes?.[side] }
  return Object.hasOwn(table, value) ? (table[value] ?? value) : value
}

/** What a host stores for one record → its canonical document. Never throws, whatever the row holds. */
export function toDocument(entity: EntityDefinition, side: Side, row: Record<string, unknown>): Document {
  const document: Document = {}
  for (const field of entity.fields.values()) {
    const value = field.codec.decode(getPath(row, field[side]))
    if (field.type === "set") Object.assign(document, expandSet(field.name, value))
    else document[field.name] = fromHostValue(field, side, value)
  }
  return document
}

/**
 * Changed document fields → the patch for the host's own API. `current` is the document before the change, which a set
 * needs because its members travel one by one.
 */
export function fromDocument(
  entity: EntityDefinition,
  side: Side,
  changed: Document,
  current: Document = {},
): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const name of new Set(Object.keys(changed).map(setOf))) {
    const field = entity.fields.get(name)
    if (!field) continue
    const value = field.type === "set" ? collapseSet(name, { ...current, ...changed }) : (changed[name] ?? null)
    setPath(patch, field[side], field.codec.encode(toHostValue(field, side, value)))
  }
  return patch
}
