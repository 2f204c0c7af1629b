import type { Relation, SchemaOverview, Type } from "@directus/types"

/** The collection between two others, as a many-to-many field sees it. */
export interface Junction {
  name: string
  primaryKey: string
  keyType: Type
  /** Its field that names the record which has the many-to-many field, and the one that names the other record. */
  here: string
  there: string
  /** The type of the other record's key. */
  thereType: Type
}

export const keyTypeOf = (schema: SchemaOverview, collection: string): Type => {
  const info = schema.collections[collection]
  return info?.fields[info.primary]?.type ?? "string"
}

/** The relation of a many-to-one field; `null` when it has none, or one to another collection. */
export const manyToOne = (
  schema: SchemaOverview,
  collection: string,
  field: string,
  related: string,
): Relation | null =>
  schema.relations.find(
    (relation) =>
      relation.collection === collection && relation.field === field && relation.related_collection === related,
  ) ?? null

/** The junction behind the many-to-many field `alias`; `null` when there is none, or one to another collection. */
export function junctionOf(
  schema: SchemaOverview,
  collection: string,
  alias: string,
  related: string,
): Junction | null {
  const near = schema.relations.find(
    ({ related_collection: one, meta }) => one === collection && meta?.one_field === alias && meta.junction_field,
  )
  const there = near?.meta?.junction_field
  const info = near && schema.collections[near.collection]
  if (!near || !there || !info || !manyToOne(schema, near.collection, there, related)) return null
  return {
    name: near.collection,
    primaryKey: info.primary,
    keyType: keyTypeOf(schema, near.collection),
    here: near.field,
    there,
    thereType: keyTypeOf(schema, related),
  }
}
