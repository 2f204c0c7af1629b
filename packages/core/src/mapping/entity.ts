import { codecs, type Codec, type CodecType } from "../document/codecs.ts"
import { setOf } from "../document/set-members.ts"
import type { Side } from "../document/value.ts"
import { SyncError } from "../errors.ts"

/** Who may change a field: both sides, or one of them (the other shows it read-only and a change there is reverted). */
export type Owner = "two-way" | Side

/** What a host does when the record was deleted on the other side. */
export type DeletePolicy = "propagate" | "archive" | "unlink" | "ignore"

export interface FieldInput {
  type: CodecType
  /** Where the value is in a Medusa record, e.g. `title` or `metadata.care`. */
  medusa: string
  /** The Directus field. */
  directus: string
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

export interface EntityInput<Name extends string, Field extends string> {
  name: Name
  /** The Directus collection that holds the records. */
  collection: string
  /** The Directus field that shows the Medusa id, read-only; `null` when the collection has none. */
  externalId: string | null
  fields: Record<Field, FieldInput>
  /** Fields that identify a record on both sides before it is linked, best first. */
  matchKeys: NoInfer<Field>[]
  /** The field and value by which each host shows an archived record. */
  archive: { field: NoInfer<Field>; medusa: string; directus: string }
  /** What each host does when the other side deleted the record. */
  deletes: Record<Side, DeletePolicy>
}

/** One kind of record, declared as data. Make it with {@link defineEntity}. */
export interface EntityDefinition {
  name: string
  collection: string
  externalId: string | null
  fields: ReadonlyMap<string, FieldDefinition>
  matchKeys: readonly string[]
  archive: { field: string; medusa: string; directus: string }
  deletes: Record<Side, DeletePolicy>
}

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"])
const PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z0-9_][\w-]*){0,3}$/

function checkPath(path: string, where: string): void {
  if (!PATH.test(path) || path.split(".").some((part) => FORBIDDEN.has(part))) {
    throw new SyncError(
      "invalid_mapping",
      `${where}: "${path}" is not a usable path. Use a name such as "title" or "metadata.care".`,
    )
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
  const fields = new Map<string, FieldDefinition>()
  const taken: Record<Side, Map<string, string>> = { medusa: new Map(), directus: new Map() }
  for (const [name, field] of Object.entries<FieldInput>(input.fields)) {
    const where = `mapping.${input.name}.fields.${name}`
    checkPath(name, where)
    for (const side of ["medusa", "directus"] as const) {
      checkPath(field[side], `${where}.${side}`)
      const other = taken[side].get(field[side])
      if (other)
        throw new SyncError(
          "invalid_mapping",
          `${where}.${side}: "${field[side]}" is already mapped by "${other}". Map each ${side} field once.`,
        )
      taken[side].set(field[side], name)
    }
    for (const [side, words] of Object.entries(field.values ?? {})) {
      if (new Set(Object.values(words)).size < Object.keys(words).length) {
        throw new SyncError(
          "invalid_mapping",
          `${where}.values.${side}: two values share one word. Give each its own; what a host cannot store goes into "writes".`,
        )
      }
    }
    const owner = field.owner ?? "two-way"
    fields.set(name, {
      ...field,
      name,
      codec: codecs[field.type],
      owner,
      wins: owner === "two-way" ? (field.wins ?? "medusa") : owner,
    })
  }
  checkPath(input.collection, `mapping.${input.name}.collection`)
  if (input.externalId !== null) {
    checkPath(input.externalId, `mapping.${input.name}.externalId`)
    const other = taken.directus.get(input.externalId)
    if (other)
      throw new SyncError(
        "invalid_mapping",
        `mapping.${input.name}.externalId: "${input.externalId}" is mapped by "${other}" already. Choose another Directus field or null.`,
      )
  }
  const matchKeys = input.matchKeys.filter((key) => fields.has(key))
  return { ...input, fields, matchKeys }
}

/** The definition of a document field; a set's member answers its set. */
export const fieldOf = (entity: EntityDefinition, name: string): FieldDefinition | undefined =>
  entity.fields.get(setOf(name))

/** May `side` take this field's value from its peer? (I9) */
export const mayReceive = (field: FieldDefinition, side: Side): boolean => field.owner !== side
