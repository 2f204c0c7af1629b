import type { SchemaOverview, Type } from "@directus/types"
import type { EntityDefinition, FieldDefinition } from "medusa-directus-core"
import type { Dialect } from "./dialect"

/** The collection of an entity as this Directus has it. */
export interface StoredCollection {
  name: string
  primaryKey: string
  keyType: Type
  /** The columns that hold mapped fields, with their Directus types. What is not in here is left out of the sync. */
  columns: ReadonlyMap<string, Type>
  /** The column for the Medusa id, when the collection has one. */
  externalId: string | null
}

/** A mapped field that the collection cannot hold. */
export interface Mismatch {
  field: string
  directus: string
  /** `null`: there is no such field. */
  is: Type | null
  expected: readonly Type[]
}

const WORDS: readonly Type[] = ["string", "text", "uuid"]
const NUMBERS: readonly Type[] = ["integer", "bigInteger", "float", "decimal", "string", "text"]

/** The Directus types that hold each kind of value without losing what a codec needs. */
export const ACCEPTED: Record<FieldDefinition["type"], readonly Type[]> = {
  text: WORDS,
  decimal: NUMBERS,
  integer: NUMBERS,
  boolean: ["boolean"],
  date: ["timestamp", "dateTime", "date", "string", "text"],
  json: ["json"],
  set: ["json", "csv"],
}

/** @returns `null` when there is no such collection. */
export function storedCollection(
  schema: SchemaOverview,
  entity: EntityDefinition,
): { stored: StoredCollection; mismatches: Mismatch[] } | null {
  const collection = schema.collections[entity.collection]
  if (!collection) return null
  const columns = new Map<string, Type>()
  const mismatches: Mismatch[] = []
  for (const field of entity.fields.values()) {
    const expected = ACCEPTED[field.type]
    const column = collection.fields[field.directus]
    if (column && !column.alias && expected.includes(column.type)) columns.set(field.directus, column.type)
    else mismatches.push({ field: field.name, directus: field.directus, is: column?.type ?? null, expected })
  }
  const external = entity.externalId === null ? undefined : collection.fields[entity.externalId]
  return {
    mismatches,
    stored: {
      name: collection.collection,
      primaryKey: collection.primary,
      keyType: collection.fields[collection.primary]?.type ?? "string",
      columns,
      externalId: external && !external.alias && WORDS.includes(external.type) ? external.field : null,
    },
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A primary key as Directus hands it around ("1", 1, an upper-case UUID of a URL) → the one id of that row. */
export function localIdOf(keyType: Type, dialect: Dialect, key: unknown): string {
  const text = String(key)
  if ((keyType === "integer" || keyType === "bigInteger") && /^\s*[+-]?\d+(\.0*)?\s*$/.test(text))
    return BigInt(text.trim().replace(/\.0*$/, "")).toString()
  // PostgreSQL compares UUIDs as numbers, SQLite as text.
  return keyType === "uuid" && dialect === "pg" ? text.toLowerCase() : text
}

/** The primary key of a local id, `undefined` when no row can have it: a tombstone's id, or one that never was ours. */
export function keyOf(keyType: Type, localId: string): string | number | undefined {
  if (keyType === "integer")
    return /^-?\d{1,10}$/.test(localId) && Math.abs(Number(localId)) <= 2_147_483_647 ? Number(localId) : undefined
  if (keyType === "bigInteger") return /^-?\d{1,18}$/.test(localId) ? localId : undefined
  if (keyType === "uuid") return UUID.test(localId) ? localId : undefined
  return localId
}
