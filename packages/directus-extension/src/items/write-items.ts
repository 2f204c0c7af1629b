import type { ActionEventParams, MutationOptions, SchemaOverview } from "@directus/types"
import { notUnique, SyncError, type Document, type DocumentWrite } from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { SYSTEM, type HostContext } from "../host-context"
import { claim, writesFor } from "../own-write"
import type { OwnWrite } from "../shared-state"
import { inBatches } from "../database/batches"
import { readRefusal } from "./host-refusal"
import { usesIn, type ImageUse } from "./image-uses"
import { keyOf, keysOf, localIdOf } from "./item-ids"
import { filesIn, itemValues, type HasFile, type Item, type ItemValues } from "./item-values"
import { appendMarks } from "./append-marks"
import { makeLanguages } from "./languages"
import { madeByAny } from "./made-rows"
import { memberChanges, type MemberChanges, type Wanted } from "./member-changes"
import { savePartSnapshots } from "./part-snapshots"
import type { Reader } from "./read-rows"
import { dropSnapshots } from "./snapshot-store"
import { FILES, type StoredCollection } from "./stored-collection"
import type { StoredKind } from "./stored-kinds"
import { translationChanges, type WantedTexts } from "./translation-changes"

export interface WriterHost {
  /** Reads in the transaction that is written in. */
  reader: Reader
  /** Taken before the transaction: on SQLite nothing else gets a connection inside it. */
  schema: SchemaOverview
  services: HostContext["services"]
  own: OwnWrite
  /** Receives the events to emit after the commit; `null` when they have to leave inside the transaction. */
  queue: ((event: ActionEventParams) => void) | null
  /** Called when a row changes, so that Directus's cache of answers is emptied after the commit. */
  touched: () => void
  now: () => number
  /** Notes what is to be imported; `null`: pictures are shown by their addresses only. */
  wantImages: ((uses: ImageUse[]) => Promise<void>) | null
}

type Write<K extends DocumentWrite["kind"]> = Extract<DocumentWrite, { kind: K }>
type Items = InstanceType<HostContext["services"]["ItemsService"]>

export interface Writer {
  /** @returns the local ids, in order. */
  create(kind: StoredKind, writes: Write<"create">[]): Promise<string[]>
  update(kind: StoredKind, writes: Write<"update">[]): Promise<void>
  /** Makes rows that are there what a create says. */
  replace(kind: StoredKind, writes: Write<"create">[]): Promise<void>
  remove(kind: StoredKind, writes: Write<"remove">[]): Promise<void>
}

export function makeWriter(host: WriterHost): Writer {
  const { reader, schema, own } = host
  const { knex: trx, dialect } = reader

  const options = (): MutationOptions => ({
    autoPurgeCache: false,
    bypassLimits: true,
    ...(host.queue ? { bypassEmitAction: host.queue } : {}),
  })

  /** In a savepoint, so that after a refusal the database can still be asked who holds the value. */
  async function useItems<T>(
    { stored }: StoredKind,
    items: Item[],
    work: (service: Items, options: MutationOptions) => Promise<T>,
  ): Promise<T> {
    host.touched()
    try {
      return await trx.transaction((savepoint) => {
        writesFor(own, savepoint)
        return work(
          new host.services.ItemsService(stored.name, { knex: savepoint, schema, accountability: SYSTEM }),
          options(),
        )
      })
    } catch (error) {
      throw await refusalOf(stored, items, error)
    }
  }

  async function refusalOf(stored: StoredCollection, items: Item[], error: unknown): Promise<unknown> {
    const refusal = readRefusal(stored.name, error)
    if (!refusal) return error
    const field = refusal.takenField
    const value = field === null || items.length !== 1 ? undefined : items[0]?.[field]
    if (field === null || typeof value !== "string") return refusal.error
    const holder = (await trx(stored.name)
      .where({ [field]: value })
      .first(stored.primaryKey)) as Item | undefined
    if (!holder) return refusal.error
    return notUnique(field, `another item of ${stored.name} (${String(holder[stored.primaryKey])})`, error)
  }

  /**
   * Values that change places in a field which the user has made unique: the database looks at each row by itself, so that
   * whoever gets another one holds none of anybody's meanwhile.
   *
   * @returns whether the same items may be tried again.
   */
  async function giveUpTaken({ stored }: StoredKind, items: Item[], error: unknown): Promise<boolean> {
    const field = error instanceof SyncError ? readRefusal(stored.name, error.cause)?.takenField : null
    const moving = field == null ? [] : items.filter((item) => typeof item[field] === "string")
    if (field == null || moving.length < 2) return false
    const wanted = moving.map((item) => item[field] as string)
    for (const { [stored.primaryKey]: key } of moving)
      await trx(stored.name)
        .where({ [stored.primaryKey]: key })
        .whereIn(field, wanted)
        .update({ [field]: `moving-${String(key)}` })
    return true
  }

  async function existingFiles(kind: StoredKind, documents: readonly Document[]): Promise<HasFile> {
    const files = filesIn(kind, reader.assets, documents)
    const there = new Set<string>()
    for (const batch of inBatches(files)) {
      const rows = await trx(FILES).whereIn("id", batch).select<{ id: string }[]>("id")
      for (const { id } of rows) there.add(id)
    }
    return (file) => there.has(file)
  }

  /** The document is whole: what is not in it has no value, and must not get the column's default as if somebody had set it. */
  function unsetDefaults(stored: StoredCollection): Item {
    const fields = schema.collections[stored.name]?.fields ?? {}
    const nothing: Item = {}
    for (const field of stored.fields.values()) {
      if (field.kind !== "value" || field.of.medusa === null) continue
      const column = fields[field.column]
      if (column?.nullable && column.defaultValue !== null) nothing[field.column] = null
    }
    return nothing
  }

  const peerColumn = (stored: StoredCollection, peerId: string): Item =>
    stored.externalId === null ? {} : { [stored.externalId]: peerId }

  /** What hooks of others changed in the same breath is theirs, not ours. */
  async function markForeign(kind: StoredKind, localIds: string[]): Promise<void> {
    if (localIds.length > 0) await appendMarks(trx, kind.entity.name, localIds, host.now())
  }

  async function wantImages(kind: StoredKind, written: { localId: string; columns: Item }[]): Promise<void> {
    if (host.wantImages === null) return
    const uses = written.flatMap(({ localId, columns }) => usesIn(kind, reader.assets, localId, columns))
    if (uses.length > 0) await host.wantImages(uses)
  }

  /** What hangs on the rows in other collections: members, and texts in other languages. */
  async function relatedChanges(
    { stored }: StoredKind,
    wanted: readonly (Wanted & WantedTexts)[],
  ): Promise<MemberChanges> {
    const members = await memberChanges(trx, dialect, own, stored, wanted)
    const texts = await translationChanges(trx, dialect, own, stored, wanted)
    for (const [languages, codes] of texts.languages)
      await makeLanguages({ ...host, knex: trx }, languages, codes, options())
    return {
      items: wanted.map((_, i) => ({ ...members.items[i], ...texts.items[i] })),
      touchedByOthers: madeByAny([members.touchedByOthers, texts.touchedByOthers]),
    }
  }

  async function updateRows(kind: StoredKind, changes: { localId: string; values: ItemValues }[]): Promise<void> {
    const { stored } = kind
    const localIds = changes.map(({ localId }) => localId)
    claim(own, stored.name, localIds)
    const related = await relatedChanges(
      kind,
      changes.map(({ localId, values }) => ({ localId, ...values })),
    )
    const items = changes.flatMap(({ localId, values }, i): Item[] => {
      const item = { ...values.columns, ...related.items[i] }
      const key = keyOf(stored.keyType, localId)
      return Object.keys(item).length === 0 || key === undefined ? [] : [{ ...item, [stored.primaryKey]: key }]
    })
    if (items.length === 0) return
    const update = () => useItems(kind, items, (service, options) => service.updateBatch(items, options))
    try {
      await update()
    } catch (error) {
      if (!(await giveUpTaken(kind, items, error))) throw error
      await update()
    }
    await markForeign(kind, await related.touchedByOthers(localIds))
    await wantImages(
      kind,
      changes.map(({ localId, values: { columns } }) => ({ localId, columns })),
    )
  }

  return {
    async create(kind, writes) {
      const { entity, stored } = kind
      const nothing = unsetDefaults(stored)
      const hasFile = await existingFiles(
        kind,
        writes.map(({ fields }) => fields),
      )
      const values = writes.map(({ fields }) => itemValues(kind, reader.assets, hasFile, fields))
      const related = await relatedChanges(
        kind,
        values.map((value) => ({ localId: null, ...value })),
      )
      const items = writes.map((write, i): Item => {
        const fresh = stored.keyType === "uuid" ? randomUUID() : undefined
        const key = write.localId === null ? fresh : keyOf(stored.keyType, write.localId)
        return {
          ...nothing,
          ...values[i]?.columns,
          ...related.items[i],
          ...peerColumn(stored, write.peerId),
          ...(key === undefined ? {} : { [stored.primaryKey]: key }),
        }
      })
      const known = items.flatMap((item) => item[stored.primaryKey] ?? [])
      claim(own, stored.name, known.map(String))
      const unknown: string[] = []
      if (known.length < items.length) own.creating.set(stored.name, unknown)
      const keys = await useItems(kind, items, (service, options) => service.createMany(items, options))
      own.creating.delete(stored.name)
      const localIds = keys.map((key) => localIdOf(stored.keyType, dialect, key))
      claim(own, stored.name, localIds)
      await markForeign(
        kind,
        unknown.filter((localId) => !localIds.includes(localId)),
      )
      await markForeign(kind, await related.touchedByOthers(localIds))
      await dropSnapshots(trx, entity.name, localIds)
      await wantImages(
        kind,
        localIds.map((localId, i) => ({ localId, columns: items[i] ?? {} })),
      )
      return localIds
    },

    async update(kind, writes) {
      const hasFile = await existingFiles(
        kind,
        writes.map(({ fields }) => fields),
      )
      const changes = writes.map(({ localId, fields, current }) => ({
        localId,
        values: itemValues(kind, reader.assets, hasFile, fields, current),
      }))
      await updateRows(kind, changes)
    },

    async replace(kind, writes) {
      const hasFile = await existingFiles(
        kind,
        writes.map(({ fields }) => fields),
      )
      const changes = writes.map(({ localId, peerId, fields }) => {
        const { columns, ...related } = itemValues(kind, reader.assets, hasFile, fields)
        return {
          localId: localId ?? "",
          values: { columns: { ...columns, ...peerColumn(kind.stored, peerId) }, ...related },
        }
      })
      await updateRows(kind, changes)
    },

    async remove(kind, writes) {
      const { entity, stored } = kind
      const localIds = writes.map(({ localId }) => localId)
      const keys = keysOf(stored.keyType, localIds)
      if (keys.length === 0) return
      claim(own, stored.name, localIds)
      await savePartSnapshots(reader, entity.name, localIds, host.now())
      await useItems(kind, [], (service, options) => service.deleteMany(keys, options))
      await dropSnapshots(trx, entity.name, localIds)
    },
  }
}
