import type { CollectionOverview, FieldOverview, SchemaOverview, Type } from "@directus/types"
import type { EntityDefinition, FieldDefinition } from "medusa-directus-core/host"
import { WORDS, type Mismatch } from "../database/mismatch"
import { junctionOf, keyTypeOf, manyToOne, type Junction } from "./stored-relations"
import { storedTranslations, type StoredTranslations } from "./stored-translations"

/** How this Directus stores one mapped field. */
export type StoredField =
  | { kind: "value"; column: string; type: Type; of: FieldDefinition }
  /** A text column, a many-to-one to files, or both: the file goes first. */
  | { kind: "file"; text: string | null; file: string }
  | { kind: "reference"; column: string; keyType: Type; collection: string }
  | { kind: "references"; alias: string; collection: string; junction: Junction }
  | StoredTranslations

/** The collection of an entity as this Directus has it. */
export interface StoredCollection {
  name: string
  primaryKey: string
  keyType: Type
  /** By the Directus path of the mapping. What is not in here is left out of the sync. */
  fields: ReadonlyMap<string, StoredField>
  /** All columns that hold mapped values, with their Directus types. */
  columns: ReadonlyMap<string, Type>
  /** The column for the Medusa id, when the collection has one. */
  externalId: string | null
}

type Entities = ReadonlyMap<string, EntityDefinition>

export const FILES = "directus_files"

const NUMBERS: readonly Type[] = ["integer", "bigInteger", "float", "decimal", "string", "text"]

/** The Directus types that hold each kind of value without losing what a codec needs. */
const ACCEPTED: Record<Exclude<FieldDefinition["type"], "reference" | "references">, readonly Type[]> = {
  text: WORDS,
  decimal: NUMBERS,
  integer: NUMBERS,
  boolean: ["boolean"],
  date: ["timestamp", "dateTime", "date", "string", "text"],
  json: ["json"],
  set: ["json", "csv"],
  map: ["json"],
}

/** @param collection - the entity's, in that schema. */
export function storedCollection(
  schema: SchemaOverview,
  entities: Entities,
  entity: EntityDefinition,
  collection: CollectionOverview,
): { stored: StoredCollection; mismatches: Mismatch[] } {
  const fields = new Map<string, StoredField>()
  const columns = new Map<string, Type>()
  const mismatches: Mismatch[] = []
  for (const field of entity.fields.values()) {
    if (field.directus === null) continue
    if (field.translates) {
      const found = storedTranslations(schema, entity, field, field.translates, field.directus)
      mismatches.push(...found.mismatches)
      if (found.stored) fields.set(field.directus, found.stored)
      continue
    }
    const found = storedField(schema, entities, entity.collection, field, field.directus)
    if (Array.isArray(found)) {
      const is = collection.fields[field.directus]?.type ?? null
      mismatches.push({ field: field.name, directus: field.directus, is, expected: found })
    } else {
      fields.set(field.directus, found)
      for (const column of columnsOf(found)) columns.set(column, collection.fields[column]?.type ?? "string")
    }
  }
  const external = entity.externalId === null ? undefined : collection.fields[entity.externalId]
  return {
    mismatches,
    stored: {
      name: collection.collection,
      primaryKey: collection.primary,
      keyType: keyTypeOf(schema, collection.collection),
      fields,
      columns,
      externalId: external && !external.alias && WORDS.includes(external.type) ? external.field : null,
    },
  }
}

/** @returns what would be needed, when the collection cannot hold the field. */
function storedField(
  schema: SchemaOverview,
  entities: Entities,
  collection: string,
  field: FieldDefinition,
  path: string,
): StoredField | string[] {
  const column = usable(schema.collections[collection]?.fields[path])
  if (field.type === "reference" || field.type === "references") {
    const related = entities.get(field.to ?? "")?.collection ?? ""
    if (field.type === "reference") {
      return column && manyToOne(schema, collection, path, related)
        ? { kind: "reference", column: path, keyType: keyTypeOf(schema, related), collection: related }
        : [`many-to-one to ${related}`]
    }
    const junction = junctionOf(schema, collection, path, related)
    return junction
      ? { kind: "references", alias: path, collection: related, junction }
      : [`many-to-many to ${related}`]
  }
  const isFile = (name: string) => manyToOne(schema, collection, name, FILES) !== null
  // A field of the user's own that holds a file, where the mapping means an address.
  if (column && field.type === "text" && isFile(path)) return { kind: "file", text: null, file: path }
  if (!column || !ACCEPTED[field.type].includes(column.type)) return [...ACCEPTED[field.type]]
  if (field.file !== undefined && isFile(field.file)) return { kind: "file", text: path, file: field.file }
  return { kind: "value", column: path, type: column.type, of: field }
}

const usable = (field: FieldOverview | undefined) => (field && !field.alias ? field : undefined)

/** The columns of its own in which a record holds the field. */
export function columnsOf(field: StoredField): string[] {
  if (field.kind === "references" || field.kind === "translations") return []
  if (field.kind !== "file") return [field.column]
  return field.text === null ? [field.file] : [field.text, field.file]
}
