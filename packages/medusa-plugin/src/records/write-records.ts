import { generateEntityId } from "@medusajs/framework/utils"
import type { DocumentWrite } from "medusa-directus-core/host"
import { giveUpTaken, takeBefore } from "./unique-values"
import { checkParents, checkValues } from "./check-values"
import { readRecords } from "./read-records"
import type { KindTools, Patch } from "./record-kind"
import type { KnownKind } from "./record-kinds"
import { filledIn, newRecord, patchOf, patchOfRestored } from "./record-patches"
import { query } from "../database/sql"
import { withWholeColumns } from "./whole-columns"

/**
 * Writes records of one kind, in the array forms of Medusa's modules: batches are what they are fast at. Capture leaves
 * these records out, and marks all others that change with them.
 *
 * @returns the local ids in the order of `writes`.
 */
export async function writeRecords(
  tools: KindTools,
  { entity, kind }: KnownKind,
  writes: DocumentWrite[],
): Promise<string[]> {
  const newIds = new Map(writes.map((write) => [write, write.localId ?? newId(kind.idPrefix)]))
  await captureOthers(tools, entity.name, [...newIds.values()])
  const removed = writes.flatMap((write) => (write.kind === "remove" ? write.localId : []))
  const updates = writes.filter((write) => write.kind === "update")
  const creates = writes.filter((write) => write.kind === "create")

  if (removed.length > 0) await kind.remove(tools, removed)
  const wanted = creates.flatMap(({ localId }) => localId ?? [])
  if (wanted.length > 0) {
    await takeBefore(tools, entity, kind, creates)
    await kind.restore(tools, wanted)
  }
  const restored = new Map((await readRecords(tools.sql, kind, wanted)).map((row) => [row.id, row]))
  const rowOf = ({ localId }: DocumentWrite) => (localId === null ? undefined : restored.get(localId))

  const patches = [
    ...updates.map((write) => ({ ...patchOf(entity, write.fields, write.current), id: write.localId })),
    ...creates.flatMap((write) => patchOfRestored(entity, write.fields, rowOf(write)) ?? []),
  ].map((patch) => filledIn(patch, kind.whenNull))
  checkValues(patches)
  const changes = await withWholeColumns(tools.sql, entity, kind.table, patches)
  await giveUpTaken(tools, kind, changes)
  const told = changes.filter((change) => Object.keys(change).length > 1)
  if (told.length > 0) await kind.update(tools, told)

  // Those that were purged are made anew, under the id that the link knows.
  const fresh = creates.filter((write) => !rowOf(write))
  const all = fresh.map((write) => newRecord(entity, write.fields, newIds.get(write) ?? null))
  const records = await givenOf(tools, { entity, kind }, fresh, all)
  checkValues(records)
  checkParents(entity, records)
  const created = records.length > 0 ? await kind.create(tools, records) : []
  // Ids that the module gave were not known before; nobody else can have seen them yet.
  if (kind.idPrefix === null) await unmark(tools, entity.name, created)

  await kind.announce(tools, { created, updated: changes.map(({ id }) => id), removed })
  const madeAs = new Map<DocumentWrite, string>(fresh.map((write, i) => [write, created[i] ?? ""]))
  return writes.map((write) => madeAs.get(write) ?? write.localId ?? "")
}

/** What counts of new records. One that is made anew brings what Medusa itself had. */
async function givenOf(
  tools: KindTools,
  { entity, kind }: KnownKind,
  writes: DocumentWrite[],
  records: Patch[],
): Promise<Patch[]> {
  if (!kind.given) return records
  const unknown = records.filter((_, i) => writes[i]?.localId === null)
  const given = new Map((await kind.given(tools, entity, unknown)).map((record, i) => [unknown[i], record]))
  return records.map((record) => given.get(record) ?? record)
}

const newId = (prefix: string | null): string | null => (prefix === null ? null : generateEntityId(undefined, prefix))

const unmark = ({ sql }: KindTools, name: string, ids: string[]): Promise<unknown> =>
  query(sql, "delete from directus_sync_mark_log where entity = ? and local_id = any(?)", [name, ids])

/** Told to the trigger, which looks away from these records for the rest of the transaction (capture-sql). */
async function captureOthers({ sql }: KindTools, name: string, ids: (string | null)[]): Promise<void> {
  const records = ids.flatMap((id) => (id === null ? [] : `${name}:${id}`))
  await query(sql, "select set_config('directus_sync.own', ?, true)", [JSON.stringify(records)])
}
