import type { Knex } from "knex"
import { SyncError, type DocumentStore, type DocumentWrite, type MatchKey } from "medusa-directus-core/host"
import { canHold, lockRows } from "../database/dialect"
import { inBatches } from "../database/batches"
import { keyOf, keysOf, localIdOf } from "../items/item-ids"
import { readPage } from "./read-page"
import { readRows, type Reader } from "../items/read-rows"
import { readSnapshots } from "../items/snapshot-store"
import type { StoredField } from "../items/stored-collection"
import type { StoredKind } from "../items/stored-kinds"
import { makeWriter, type WriterHost } from "../items/write-items"

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

    page: (name, after, limit) => readPage(reader, find(name), after, limit),

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

    async present(name, localIds) {
      const kind = find(name)
      const { name: table, primaryKey, keyType } = kind.stored
      if (!isPlain(reader, kind)) return new Set((await readRows(reader, kind, localIds)).keys())
      const there = new Set<string>()
      for (const batch of inBatches(keysOf(keyType, localIds)))
        for (const row of await trx(table).whereIn(primaryKey, batch).select<Record<string, unknown>[]>(primaryKey))
          there.add(localIdOf(keyType, dialect, row[primaryKey]))
      return there
    },

    async findByKeys(name, keys) {
      const kind = find(name)
      const { primaryKey, keyType } = kind.stored
      const asked = keys.map((key) => keyColumns(host, kind, key))
      const found = await rowsWith(trx, kind, asked)
      const ids = found.map((rows) => rows.map((row) => localIdOf(keyType, dialect, row[primaryKey])))
      const isAddress = (key: MatchKey): boolean => storedAs(kind, key.field)?.kind === "file"
      if (!reader.filters && !keys.some(isAddress)) return ids
      const documents = await readRows(reader, kind, [...new Set(ids.flat())])
      return keys.map((key, i) =>
        (ids[i] ?? []).filter(
          (id) => documents.has(id) && (!isAddress(key) || documents.get(id)?.[key.field] === key.value),
        ),
      )
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

    // The collections that are made here have no unique field; one of the user's own shows when it is written.
    taken: (_, writes) => Promise.resolve(writes.map(() => [])),

    // What a hook or a rule would say shows when it is asked.
    refusals: (_, documents) => Promise.resolve(documents.map(() => null)),

    async showPeer(name, pairs) {
      const { stored } = find(name)
      if (stored.externalId === null || pairs.length === 0) return
      const { primaryKey, externalId } = stored
      const shown = pairs.flatMap(({ localId, peerId }) => {
        const key = keyOf(stored.keyType, localId)
        return key === undefined ? [] : [{ key, peerId }]
      })
      for (const batch of inBatches(shown)) {
        const cases = batch.map(() => "when ?? = ? then ?").join(" ")
        const values = batch.flatMap(({ key, peerId }) => [primaryKey, key, peerId])
        await trx(stored.name)
          .whereIn(
            primaryKey,
            batch.map(({ key }) => key),
          )
          .update({ [externalId]: trx.raw(`case ${cases} end`, values) })
      }
      host.touched()
    },
  }
}

/** Is each row of this kind a record for the sync? */
const isPlain = ({ filters }: Reader, { entity }: StoredKind): boolean =>
  !filters && ![...entity.fields.values()].some(({ needed }) => needed)

/** For each the rows that have all of these values; none where it is `null`. */
async function rowsWith(
  trx: Knex,
  { stored }: StoredKind,
  asked: (Record<string, unknown> | null)[],
): Promise<Record<string, unknown>[][]> {
  const found = new Map<string, Record<string, unknown>[]>()
  const nameOf = (columns: string[], row: Record<string, unknown>): string =>
    JSON.stringify(columns.map((column) => [column, String(row[column])]))
  const groups = new Map<string, Record<string, unknown>[]>()
  for (const values of asked)
    if (values) groups.set(Object.keys(values).join(), [...(groups.get(Object.keys(values).join()) ?? []), values])
  for (const group of groups.values()) {
    const columns = Object.keys(group[0] ?? {})
    for (const batch of inBatches(group)) {
      const query = trx(stored.name).orderBy(stored.primaryKey)
      // Each column's values by themselves, which a database looks up at once; the pairs are told apart below.
      for (const column of columns)
        void query.whereIn(column, [...new Set(batch.map((row) => row[column]))] as string[])
      const rows = await query.select<Record<string, unknown>[]>(stored.primaryKey, ...columns)
      const names = new Set(batch.map((values) => nameOf(columns, values)))
      for (const name of names) found.set(name, [])
      for (const row of rows) found.get(nameOf(columns, row))?.push(row)
    }
  }
  return asked.map((values) => (values === null ? [] : (found.get(nameOf(Object.keys(values), values)) ?? [])))
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
