import { SyncError, type DocumentStore, type DocumentWrite, type MatchKey } from "medusa-directus-core"
import { canHold, lockRows } from "./dialect"
import { inBatches } from "./batches"
import { keyOf, keysOf, localIdOf } from "./item-ids"
import { readRows } from "./read-rows"
import { readSnapshots } from "./snapshot-store"
import type { StoredField } from "./stored-collection"
import type { StoredKind } from "./stored-kinds"
import { makeWriter, type WriterHost } from "./write-items"

type Write<K extends DocumentWrite["kind"]> = Extract<DocumentWrite, { kind: K }>

/** The host's rows as one transaction sees them. Written by ItemsService: hooks, Flows, activity and revisions as ever. */
export function makeDocumentStore(host: WriterHost): DocumentStore {
  const { reader } = host
  const { knex: trx, dialect } = reader
  const writer = makeWriter(host)

  function find(name: string): StoredKind {
    const kind = reader.kinds.find(name)
    if (kind) return kind
    throw new SyncError(
      "rejected_by_host",
      `The collection of the kind ${name} does not exist in Directus. Restart Directus to make it, or name another one in the mapping.`,
    )
  }

  /** A create under an id whose row is there all the same: a filter of the shop's hid it. */
  async function isHidden({ stored }: StoredKind, write: Write<"create">): Promise<boolean> {
    const key = write.localId === null ? undefined : keyOf(stored.keyType, write.localId)
    return (
      key !== undefined &&
      (await trx(stored.name)
        .where({ [stored.primaryKey]: key })
        .first(stored.primaryKey)) !== undefined
    )
  }

  return {
    async count(name) {
      const [row] = await trx(find(name).stored.name).count<{ n: string | number }[]>({ n: "*" })
      return Number(row?.n ?? 0)
    },

    async page(name, after, limit) {
      const { name: collection, primaryKey, keyType } = find(name).stored
      const query = trx(collection).orderBy(primaryKey).limit(limit).select<Record<string, unknown>[]>(primaryKey)
      const from = after === null ? undefined : keyOf(keyType, after)
      const rows = await (from === undefined ? query : query.where(primaryKey, ">", from))
      return rows.map((row) => localIdOf(keyType, dialect, row[primaryKey]))
    },

    async lock(name, localIds) {
      const { stored } = find(name)
      for (const batch of inBatches(keysOf(stored.keyType, localIds))) {
        await lockRows(
          trx(stored.name).whereIn(stored.primaryKey, batch).orderBy(stored.primaryKey).select(stored.primaryKey),
          dialect,
        )
      }
    },

    async read(name, localIds) {
      const documents = await readRows(reader, find(name), localIds)
      const absent = localIds.filter((localId) => !documents.has(localId))
      const snapshots = await readSnapshots(trx, name, absent)
      return new Map(
        localIds.map((localId) => [
          localId,
          { present: documents.has(localId), fields: documents.get(localId) ?? snapshots.get(localId) ?? null },
        ]),
      )
    },

    async findByKey(name, key) {
      const kind = find(name)
      const { primaryKey, keyType } = kind.stored
      const where = keyColumns(host, kind, key)
      if (!where) return []
      const rows = await trx(kind.stored.name)
        .where(where)
        .orderBy(primaryKey)
        .limit(10)
        .select<Record<string, unknown>[]>(primaryKey)
      const found = rows.map((row) => localIdOf(keyType, dialect, row[primaryKey]))
      const isAddress = storedAs(kind, key.field)?.kind === "file"
      if (!isAddress && !reader.filters) return found
      const documents = await readRows(reader, kind, found)
      return found.filter((id) => documents.has(id) && (!isAddress || documents.get(id)?.[key.field] === key.value))
    },

    async write(name, writes) {
      const kind = find(name)
      const of = <K extends DocumentWrite["kind"]>(which: K) =>
        writes.filter((write): write is Write<K> => write.kind === which)
      const [removes, updates, creates] = [of("remove"), of("update"), of("create")]
      const hidden = new Set<Write<"create">>()
      for (const write of creates) if (await isHidden(kind, write)) hidden.add(write)
      if (removes.length > 0) await writer.remove(kind, removes)
      if (updates.length > 0) await writer.update(kind, updates)
      if (hidden.size > 0) await writer.replace(kind, [...hidden])
      const fresh = creates.filter((write) => !hidden.has(write))
      const created = fresh.length > 0 ? await writer.create(kind, fresh) : []
      return writes.map((write) =>
        write.kind === "create" ? (created[fresh.indexOf(write)] ?? write.localId ?? "") : write.localId,
      )
    },

    // The collections that are made here have no unique field; what a hook or a rule would say shows when it is asked.
    refusals: (_, documents) => Promise.resolve(documents.map(() => null)),

    async showPeer(name, pairs) {
      const { stored } = find(name)
      if (stored.externalId === null) return
      for (const { localId, peerId } of pairs) {
        const key = keyOf(stored.keyType, localId)
        if (key !== undefined)
          await trx(stored.name)
            .where({ [stored.primaryKey]: key })
            .update({ [stored.externalId]: peerId })
      }
      host.touched()
    },
  }
}

const storedAs = ({ entity, stored }: StoredKind, name: string | null): StoredField | undefined =>
  stored.fields.get(entity.fields.get(name ?? "")?.directus ?? "")

/** The columns and values of a match key; `null` when no row of this collection can hold it. */
function keyColumns({ reader }: WriterHost, kind: StoredKind, key: MatchKey): Record<string, unknown> | null {
  const definition = kind.entity.matchKeys.find(
    ({ field, within }) => field === key.field && (within === null) === (key.within === undefined),
  )
  const own = definition && storedAs(kind, definition.field)
  if (!own || !canHold(reader.dialect, key.value)) return null
  const value = valueOf(own, key.value, (address) => reader.assets.fileAt(address))
  if (!value || key.within === undefined) return value
  const whole = storedAs(kind, definition.within)
  const wholeKey = whole?.kind === "reference" ? keyOf(whole.keyType, key.within) : undefined
  return whole?.kind === "reference" && wholeKey !== undefined ? { ...value, [whole.column]: wholeKey } : null
}

function valueOf(
  field: StoredField,
  text: string,
  fileAt: (address: string) => string | null,
): Record<string, unknown> | null {
  if (field.kind === "value") return field.type === "string" || field.type === "text" ? { [field.column]: text } : null
  if (field.kind !== "file") return null
  const file = fileAt(text)
  if (file !== null) return { [field.file]: file }
  // What lies beside it is a copy, or counts in its place: that is read from the row.
  return field.text === null ? null : { [field.text]: text }
}
