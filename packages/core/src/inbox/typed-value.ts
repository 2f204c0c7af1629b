import { isMember } from "../document/names.ts"
import type { CanonicalValue } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import type { FieldDefinition } from "../mapping/entity.ts"

/** As the codec writes every date. */
const ISO_DATE = /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}T[\d:.]+Z$/
const NUMBER = /^-?\d+(\.\d+)?$/

/**
 * Medusa stores no record without a value of some fields, and would refuse the empty one that a person decides for.
 *
 * @throws SyncError `invalid_options`
 */
export function refuseIfEmptied({ needed, required }: FieldDefinition, name: string, value: CanonicalValue): void {
  if ((needed || required) && !isMember(name) && (value === null || value === ""))
    throw new SyncError(
      "invalid_options",
      `${name} must not be empty: Medusa stores no record without it. Give it a value, or keep the one that is there.`,
    )
}

/**
 * What a person has given for a field, in its canonical form.
 *
 * @param name - of the document's field: a member of a set is there (`true`) or not (`null`).
 * @throws SyncError `invalid_options` that says what the field takes.
 */
export function typedValue(field: FieldDefinition, name: string, given: CanonicalValue): CanonicalValue {
  if (given === null) return null
  const expected = isMember(name) ? MEMBERS[field.type] : TYPES[field.type]
  const value = isMember(name) ? given : field.codec.decode(given)
  // A codec takes whatever a host returns: a list for a text, too.
  if (!expected || !expected.fits(value) || (typeof given === "object" && typeof value !== "object"))
    throw new SyncError("invalid_options", `${name} takes ${expected?.takes ?? "no value of its own"} or null.`)
  return value
}

interface Expected {
  takes: string
  fits: (value: CanonicalValue) => boolean
}

const text: Expected = { takes: "a text", fits: (value) => typeof value === "string" }
const there: Expected = { takes: "true", fits: (value) => value === true }
const number = (takes: string, pattern: RegExp): Expected => ({
  takes,
  fits: (value) => typeof value === "string" && pattern.test(value),
})

const TYPES: Partial<Record<FieldDefinition["type"], Expected>> = {
  text,
  reference: { ...text, takes: "the id of a record of this side" },
  decimal: number("a number", NUMBER),
  integer: number("a whole number", /^-?\d+$/),
  boolean: { takes: "true, false", fits: (value) => typeof value === "boolean" },
  date: { takes: "a date", fits: (value) => typeof value === "string" && ISO_DATE.test(value) },
  json: { takes: "any JSON", fits: () => true },
}

const MEMBERS: Partial<Record<FieldDefinition["type"], Expected>> = { set: there, references: there, map: text }
