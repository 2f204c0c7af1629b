import { expandMembers, membersIn } from "../document/members.ts"
import { setOf } from "../document/names.ts"
import { isObject, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { hasMembers, type EntityDefinition, type FieldDefinition } from "./entity.ts"

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

function collapse({ name, type }: FieldDefinition, document: Document): CanonicalValue {
  const members = membersIn(name, document)
  return type === "map" ? Object.fromEntries(members) : members.map(([member]) => member)
}

/** What a host stores for one record → its canonical document. Never throws, whatever the row holds. */
export function toDocument(entity: EntityDefinition, side: Side, row: Record<string, unknown>): Document {
  const document: Document = {}
  for (const field of entity.fields.values()) {
    const path = field[side]
    if (path === null) continue
    const value = field.codec.decode(getPath(row, path))
    if (hasMembers(field)) Object.assign(document, expandMembers(field.name, value))
    else document[field.name] = fromHostValue(field, side, value)
  }
  return document
}

/**
 * Changed document fields → the patch for the host's own API. `current` is the document before the change, which sets and
 * maps need because their members travel one by one; the patch has them whole.
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
    const path = field?.[side]
    if (!field || path === null || path === undefined) continue
    const value = hasMembers(field) ? collapse(field, { ...current, ...changed }) : (changed[name] ?? null)
    setPath(patch, path, field.codec.encode(toHostValue(field, side, value)))
  }
  return patch
}
