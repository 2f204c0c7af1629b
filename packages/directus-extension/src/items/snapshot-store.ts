import type { Knex } from "knex"
import type { Document } from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { inBatches } from "../database/batches"

/** Keeps the last values of records that are about to be deleted, until their links take them over. */
export async function saveSnapshots(
  knex: Knex,
  entity: string,
  documents: Map<string, Document>,
  now: number,
): Promise<void> {
  for (const batch of inBatches([...documents])) {
    const rows = batch.map(([localId, fields]) => ({
      entity,
      local_id: localId,
      fields: JSON.stringify(fields),
      at: now,
    }))
    await knex(TABLES.snapshot).insert(rows).onConflict(["entity", "local_id"]).merge()
  }
}

export async function readSnapshots(knex: Knex, entity: string, localIds: string[]): Promise<Map<string, Document>> {
  const found = new Map<string, Document>()
  for (const batch of inBatches(localIds)) {
    const rows = await knex(TABLES.snapshot)
      .where({ entity })
      .whereIn("local_id", batch)
      .select<{ local_id: string; fields: string }[]>("local_id", "fields")
    for (const row of rows) found.set(row.local_id, JSON.parse(row.fields) as Document)
  }
  return found
}

export async function dropSnapshots(knex: Knex, entity: string, localIds: string[]): Promise<void> {
  for (const batch of inBatches(localIds))
    await knex(TABLES.snapshot).where({ entity }).whereIn("local_id", batch).delete()
}
