import type { Type } from "@directus/types"
import type { Knex } from "knex"
import { toDocument, type Document, type EntityDefinition } from "medusa-directus-core"
import { inBatches } from "./batches"
import type { Dialect } from "./dialect"
import { keyOf, localIdOf, type StoredCollection } from "./stored-collection"

type Row = Record<string, unknown>

function decode(type: Type, dialect: Dialect, value: unknown): unknown {
  if (typeof value !== "string") return value
  if (type === "csv") return value === "" ? [] : value.split(",")
  if (type !== "json" || dialect === "pg") return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** What the database holds now, past Directus's caches and permissions: local id → document, for rows that exist. */
export async function readRows(
  knex: Knex,
  dialect: Dialect,
  entity: EntityDefinition,
  stored: StoredCollection,
  localIds: string[],
): Promise<Map<string, Document>> {
  const documents = new Map<string, Document>()
  const columns = [...new Set([stored.primaryKey, ...stored.columns.keys()])]
  for (const batch of inBatches([...new Set(localIds)])) {
    const keys = batch.flatMap((localId) => keyOf(stored.keyType, localId) ?? [])
    if (keys.length === 0) continue
    const rows = await knex(stored.name).whereIn(stored.primaryKey, keys).select<Row[]>(columns)
    for (const row of rows) {
      const decoded: Row = {}
      for (const [column, type] of stored.columns) decoded[column] = decode(type, dialect, row[column])
      documents.set(localIdOf(stored.keyType, dialect, row[stored.primaryKey]), toDocument(entity, "directus", decoded))
    }
  }
  return documents
}
