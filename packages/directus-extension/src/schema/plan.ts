/** What Directus's CollectionsService and FieldsService take for one field; `schema: null` has no column. */
export interface PlannedField {
  field: string
  type: string
  meta: Record<string, unknown>
  schema: Record<string, unknown> | null
}

/** What Directus's RelationsService takes. */
export interface PlannedRelation {
  collection: string
  field: string
  related_collection: string
  meta: Record<string, unknown>
  schema: { on_delete: "CASCADE" | "SET NULL" | "NO ACTION" }
}

/** A collection as this extension makes it. */
export interface PlannedCollection {
  collection: string
  meta: Record<string, unknown>
  fields: PlannedField[]
  relations: PlannedRelation[]
  /** How its list looks at first; `null` for a collection that nobody opens. */
  preset: Record<string, unknown> | null
}

/** What a plan depends on. */
export interface Ground {
  /** May the collection be made, or was it made by this extension? */
  isOurs(collection: string): boolean
  /** The type of a collection's primary key. */
  keyType(collection: string): string
}
