import { fromDocument, SyncError, type Document } from "medusa-directus-core/host"
import type { Assets } from "./asset-address"
import { keyOf } from "./item-ids"
import type { StoredField } from "./stored-collection"
import type { StoredKind } from "./stored-kinds"

export type Item = Record<string, unknown>

/** What a document's fields mean for a row: its columns, the members of its many-to-many fields, and its translations. */
export interface ItemValues {
  columns: Item
  /** Alias → local ids. */
  members: Map<string, string[]>
  /** Alias → texts, by their keys. */
  texts: Map<string, Record<string, string>>
}

/** Is this file there? */
export type HasFile = (file: string) => boolean

/** @param current - the document before the change, for fields whose members travel one by one. */
export function itemValues(
  { entity, stored }: StoredKind,
  assets: Assets,
  hasFile: HasFile,
  changed: Document,
  current?: Document,
): ItemValues {
  const columns: Item = {}
  const members = new Map<string, string[]>()
  const texts = new Map<string, Record<string, string>>()
  for (const [path, value] of Object.entries(fromDocument(entity, "directus", changed, current))) {
    const field = stored.fields.get(path)
    if (!field) continue
    if (field.kind === "references") members.set(path, value as string[])
    else if (field.kind === "translations") texts.set(path, value as Record<string, string>)
    else Object.assign(columns, columnsOf(field, assets, hasFile, value))
  }
  return { columns, members, texts }
}

function columnsOf(
  field: Exclude<StoredField, { kind: "references" | "translations" }>,
  assets: Assets,
  hasFile: HasFile,
  value: unknown,
): Item {
  switch (field.kind) {
    case "reference":
      return { [field.column]: value === null ? null : relatedKey(field.keyType, field.collection, value) }
    case "file": {
      const file = typeof value === "string" ? assets.fileAt(value) : null
      const isThere = file !== null && hasFile(file)
      return {
        ...(field.text === null ? {} : { [field.text]: isThere ? null : value }),
        [field.file]: isThere ? file : null,
      }
    }
    case "value":
      return { [field.column]: ofType(field, value) }
  }
}

function ofType({ of, column, type }: Extract<StoredField, { kind: "value" }>, value: unknown): unknown {
  if (type === "csv" && Array.isArray(value) && value.some((member) => String(member).includes(",")))
    throw new SyncError(
      "rejected_by_host",
      `${column}: Directus divides this list by commas (type csv), so that it cannot hold a value with a comma in it. Make the field one of type JSON, or take the comma out of the value in Medusa.`,
    )
  // Directus stores the day that a moment is where its process runs: it is given the day itself.
  if (type === "date" && of.type === "date" && typeof value === "string") return value.replace(/T.*$/, "")
  if (of.type === "map") return Object.entries(value as Item).map(([name, each]) => ({ name, value: each }))
  // Directus's list leaves out rows whose archive mark is null.
  if (of.medusa === null && of.type === "boolean") return value ?? false
  return value
}

/** The key of another record, as its own collection has it. */
export function relatedKey(
  keyType: Parameters<typeof keyOf>[0],
  collection: string,
  localId: unknown,
): string | number {
  const key = keyOf(keyType, String(localId))
  if (key === undefined)
    throw new SyncError("rejected_by_host", `A field names an item of ${collection} by an id that none can have.`)
  return key
}

/** The files of this Directus that these documents name. */
export function filesIn({ entity, stored }: StoredKind, assets: Assets, documents: readonly Document[]): string[] {
  const files = new Set<string>()
  for (const [path, { kind }] of stored.fields) {
    if (kind !== "file") continue
    for (const field of entity.fields.values()) {
      if (field.directus !== path) continue
      for (const document of documents) {
        const value = document[field.name]
        const file = typeof value === "string" ? assets.fileAt(value) : null
        if (file !== null) files.add(file)
      }
    }
  }
  return [...files]
}
