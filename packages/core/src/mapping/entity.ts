import { codecs, type Codec, type CodecType } from "../document/codecs.ts"
import { fingerprint } from "../document/fingerprint.ts"
import { lists } from "../document/lists.ts"
import { setOf } from "../document/names.ts"
import type { CanonicalValue, Document, Side } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { LIMITS } from "../wire/messages.ts"

/** What a `translations` field holds: texts of a record in other languages, by the keys of {@link textKey}. */
export interface Translates {
  /** Medusa's locale → the code of the language in Directus. */
  locales: Readonly<Record<string, string>>
  /** The record's own fields that are translated; on both hosts a translation has them by the names that the record has. */
  fields: readonly string[]
  /** Are the titles and values of the product's options translated too? */
  options: boolean
  /** The Directus collection of languages. */
  languages: string
}

/** A place in a running sync. */
export interface RunningPlace {
  /** This host cannot store the field: it is not told, not taken and not noted. */
  isLeftOut: boolean
  since: number
  blank: CanonicalValue
}

/** Who may change a field: both sides, or one of them (the other shows it read-only and a change there is reverted). */
export type Owner = "two-way" | Side

/** What a host does when the record was deleted on the other side. */
export type DeletePolicy = "propagate" | "archive" | "unlink" | "ignore"

export interface FieldInput {
  type: CodecType
  /** Where the value is in a Medusa record, e.g. `title` or `metadata.care`; `null` = Medusa has no such value. */
  medusa: string | null
  /** The Directus field; `null` = Directus has none. */
  directus: string | null
  /** The kind of record that a reference, or each of several references, names. */
  to?: string
  /** A second Directus field that holds a file: while it does, the value is the file's public address. */
  file?: string
  /** What a JSON value is a list of, where that is known: how it is spelled means nothing then. */
  list?: keyof typeof lists
  /** A record of Directus without a value of it is not there for the sync: Medusa could not store it. */
  needed?: boolean
  /** Medusa stores no record without a value of it, and makes none up for one that is emptied. No part of what both sides compare. */
  required?: boolean
  /** A `map` of the record's texts in other languages, and which these are. */
  translates?: Translates
  owner?: Owner
  /** Whose value stays when both sides changed the field at the same time; the other one goes to the inbox. */
  wins?: Side
  /** Canonical value → this host's own word for it, one to one: written so, and read back through the inverse. */
  values?: Partial<Record<Side, Record<string, string>>>
  /** Canonical value → the nearest that this host can store. Only for writing: what it reads back is its own value. */
  writes?: Partial<Record<Side, Record<string, string>>>
}

export interface FieldDefinition extends Omit<FieldInput, "owner" | "wins"> {
  name: string
  codec: Codec
  owner: Owner
  wins: Side
}

/** A field that identifies a record before it is linked; with `within`, only among the records of one parent. */
export interface KeyDefinition {
  field: string
  /** The reference whose records are told apart by the field; `null` = all of the kind. */
  within: string | null
}

/** The field and value by which each host shows an archived record; a host without a value cannot archive. */
export interface Archive {
  field: string
  medusa?: CanonicalValue
  directus?: CanonicalValue
}

export interface EntityInput<Name extends string, Field extends string> {
  name: Name
  /** The Directus collection that holds the records. */
  collection: string
  /** The Directus field that shows the Medusa id, read-only; `null` when the collection has none. */
  externalId: string | null
  fields: Record<Field, FieldInput>
  /** Fields that identify a record on both sides before it is linked, best first. */
  matchKeys: (NoInfer<Field> | { field: NoInfer<Field>; within: NoInfer<Field> })[]
  /** The reference to the record that this one is a part of: it waits for it, and comes and goes with it. */
  parent?: NoInfer<Field> | null
  archive: (Archive & { field: NoInfer<Field> }) | null
  /** What a record holds that Medusa made so that there is one, until somebody makes another: it is not worth an archive. */
  placeholder?: Document
  /** What each host does when the other side deleted the record. */
  deletes: Record<Side, DeletePolicy>
}

/** One kind of record, declared as data. Make it with {@link defineEntity}. */
export interface EntityDefinition {
  name: string
  collection: string
  externalId: string | null
  fields: ReadonlyMap<string, FieldDefinition>
  matchKeys: readonly KeyDefinition[]
  parent: string | null
  archive: Archive | null
  placeholder?: Document
  deletes: Record<Side, DeletePolicy>
  /** Where Medusa keeps a kind of the shop's own: the module, the model's name in its service, and its table. */
  source?: { module: string; model: string; table?: string | undefined }
  /** On a running host: the places that it does not have, or has not always had; see `placeOf`. Never part of what both sides compare. */
  places?: ReadonlyMap<string, RunningPlace>
}

/** Does it hold what Medusa makes so that there is one? */
export const isPlaceholder = ({ placeholder }: EntityDefinition, document: Document): boolean =>
  placeholder !== undefined &&
  Object.entries(placeholder).every(([name, value]) => fingerprint(document[name] ?? null) === fingerprint(value))

const SIDES = ["medusa", "directus"] as const
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"])
const PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z0-9_][\w-]*){0,3}$/

const invalid = (text: string): SyncError => new SyncError("invalid_mapping", text)

function checkPath(path: string, where: string): void {
  if (!PATH.test(path) || path.length > LIMITS.pathLength || path.split(".").some((part) => FORBIDDEN.has(part)))
    throw invalid(`${where}: "${path}" is not a usable path. Use a name such as "title" or "metadata.care".`)
}

type Taken = Record<Side, Map<string, string>>

function checkField(name: string, field: FieldInput, where: string, taken: Taken): void {
  checkPath(name, where)
  for (const side of SIDES) {
    const paths = [field[side], side === "directus" ? field.file : undefined]
    for (const path of paths) {
      if (path === undefined || path === null) continue
      checkPath(path, `${where}.${side}`)
      const other = taken[side].get(path)
      if (other)
        throw invalid(`${where}.${side}: "${path}" is already mapped by "${other}". Map each ${side} field once.`)
      taken[side].set(path, name)
    }
  }
  for (const [side, words] of Object.entries(field.values ?? {})) {
    if (new Set(Object.values(words)).size < Object.keys(words).length)
      throw invalid(
        `${where}.values.${side}: two values share one word. Give each its own; what a host cannot store goes into "writes".`,
      )
  }
}

function fieldDefinition(name: string, field: FieldInput): FieldDefinition {
  const only = field.medusa === null ? "directus" : field.directus === null ? "medusa" : undefined
  const owner = only ?? field.owner ?? "two-way"
  return {
    ...field,
    name,
    codec: field.list ? lists[field.list] : codecs[field.type],
    owner,
    wins: owner === "two-way" ? (field.wins ?? "medusa") : owner,
  }
}

/**
 * Declares a kind of record.
 *
 * @throws SyncError `invalid_mapping`, naming the path, when a field or key is unusable.
 */
export function defineEntity<Name extends string, Field extends string>(
  input: EntityInput<Name, Field>,
): EntityDefinition & { name: Name } {
  if (input.name.length > LIMITS.pathLength)
    throw invalid(`mapping: a kind's name has ${String(LIMITS.pathLength)} characters at most.`)
  const where = `mapping.${input.name}`
  const fields = new Map<string, FieldDefinition>()
  const taken: Taken = { medusa: new Map(), directus: new Map() }
  for (const [name, field] of Object.entries<FieldInput>(input.fields)) {
    checkField(name, field, `${where}.fields.${name}`, taken)
    fields.set(name, fieldDefinition(name, field))
  }
  checkPath(input.collection, `${where}.collection`)
  if (input.externalId !== null) {
    checkPath(input.externalId, `${where}.externalId`)
    const other = taken.directus.get(input.externalId)
    if (other)
      throw invalid(
        `${where}.externalId: "${input.externalId}" is mapped by "${other}" already. Choose another Directus field or null.`,
      )
  }
  for (const side of SIDES) {
    if (input.deletes[side] === "archive" && input.archive?.[side] === undefined)
      throw invalid(
        `${where}.deletes.${side}: a ${input.name} cannot be archived in ${side}. Use "propagate", "unlink" or "ignore".`,
      )
  }
  const matchKeys = input.matchKeys
    .map((key): KeyDefinition => (typeof key === "string" ? { field: key, within: null } : key))
    .filter(({ field, within }) => fields.has(field) && (within === null || fields.has(within)))
  return { ...input, fields, matchKeys, parent: input.parent ?? null }
}

/** Does the document hold one field for each member of this one? */
export const hasMembers = ({ type }: Pick<FieldDefinition, "type">): boolean =>
  type === "set" || type === "map" || type === "references"

/** The definition of a document field; a member answers its set, map or references. */
export const fieldOf = (entity: EntityDefinition, name: string): FieldDefinition | undefined =>
  entity.fields.get(setOf(name))

/** May `side` take this field's value from its peer? (I9) */
export const mayReceive = (field: FieldDefinition, side: Side): boolean => field.owner !== side

/** Where a host keeps what travels, as its database remembers it: kind → place → where. `since` counts up with each place that appears or moves; 0 = it was there at the start. */
export type KnownPlaces = Readonly<Record<string, Readonly<Record<string, { at: string | null; since: number }>>>>
