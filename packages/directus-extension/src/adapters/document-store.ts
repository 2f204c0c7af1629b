import type { ActionEventParams, MutationOptions, SchemaOverview } from "@directus/types"
import type { Knex } from "knex"
import {
  fromDocument,
  SyncError,
  type Document,
  type DocumentStore,
  type DocumentWrite,
  type EntityDefinition,
} from "medusa-directus-core"
import { randomUUID } from "node:crypto"
import { SYSTEM, type HostContext } from "../host-context"
import { claim, type OwnWrite } from "../own-write"
import { inBatches } from "./batches"
import { canHold, lockRows, type Dialect } from "./dialect"
import { readRefusal } from "./host-refusal"
import { appendMarks } from "./mark-store"
import { readRows } from "./read-rows"
import { dropSnapshots, readSnapshots } from "./snapshot-store"
import { keyOf, localIdOf, storedCollection, type StoredCollection } from "./stored-collection"

export interface DocumentStoreHost {
  trx: Knex
  dialect: Dialect
  /** Taken before the transaction: on SQLite nothing else gets a connection inside it. */
  schema: SchemaOverview
  services: HostContext["services"]
  entities: ReadonlyMap<string, EntityDefinition>
  own: OwnWrite
  /** Receives the events to emit after the commit; `null` when they have to leave inside the transaction. */
  queue: ((event: ActionEventParams) => void) | null
  /** Called when a row changes, so that Directus's cache of answers is emptied after the commit. */
  touched: () => void
  now: () => number
}

type Item = Record<string, unknown>
type Write<K extends DocumentWrite["kind"]> = Extract<DocumentWrite, { kind: K }>

/** The host's rows as one transaction sees them. Written by ItemsService: hooks, Flows, activity and revisions as ever. */
export function makeDocumentStore(host: DocumentStoreHost): DocumentStore {
  const { trx, dialect, schema, own } = host

  function find(name: string): { entity: EntityDefinition; stored: StoredCollection } {
    const entity = host.entities.get(name)
    const found = entity && storedCollection(schema, entity)
    if (!entity || !found) {
      throw new SyncError(
        "rejected_by_host",
        `The collection ${entity?.collection ?? name} does not exist in Directus. Restart Directus to make it, or name another one in the mapping.`,
      )
    }
    return { entity, stored: found.stored }
  }

  const keysOf = (stored: StoredCollection, localIds: string[]) =>
    localIds.flatMap((localId) => keyOf(stored.keyType, localId) ?? [])

  function patchOf(entity: EntityDefinition, stored: StoredCollection, fields: Document, current?: Document): Item {
    const patch = fromDocument(entity, "directus", fields, current)
    return Object.fromEntries(Object.entries(patch).filter(([column]) => stored.columns.has(column)))
  }

  /** The document is whole: what is not in it has no value, and must not get the column's default as if somebody had set it. */
  function unsetDefaults(stored: StoredCollection): Item {
    const fields = schema.collections[stored.name]?.fields ?? {}
    const columns = [...stored.columns.keys()].filter(
      (column) => fields[column]?.nullable && fields[column].defaultValue !== null,
    )
    return Object.fromEntries(columns.map((column) => [column, null]))
  }

  /** In a savepoint, so that after a refusal the database can still be asked who holds the value. */
  async function useItems<T>(
    stored: StoredCollection,
    only: Item | null,
    work: (items: InstanceType<HostContext["services"]["ItemsService"]>, options: MutationOptions) => Promise<T>,
  ): Promise<T> {
    const options: MutationOptions = {
      autoPurgeCache: false,
      bypassLimits: true,
      ...(host.queue ? { bypassEmitAction: host.queue } : {}),
    }
    host.touched()
    try {
      return await trx.transaction((savepoint) =>
        work(new host.services.ItemsService(stored.name, { knex: savepoint, schema, accountability: SYSTEM }), options),
      )
    } catch (error) {
      const refusal = readRefusal(stored.name, error)
      if (!refusal) throw error
      const field = refusal.takenField
      const value = field === null || only === null ? undefined : only[field]
      if (field === null || typeof value !== "string") throw refusal.error
      const holder = (await trx(stored.name)
        .where({ [field]: value })
        .first(stored.primaryKey)) as Item | undefined
      throw holder
        ? new SyncError(
            "not_unique",
            `${field} is taken by another item of ${stored.name} (${String(holder[stored.primaryKey])}). Change one of the two.`,
            { cause: error },
          )
        : refusal.error
    }
  }

  async function createAll(
    entity: EntityDefinition,
    stored: StoredCollection,
    writes: Write<"create">[],
  ): Promise<string[]> {
    const nothing = unsetDefaults(stored)
    const items = writes.map((write): Item => {
      const key =
        write.localId === null
          ? stored.keyType === "uuid"
            ? randomUUID()
            : undefined
          : keyOf(stored.keyType, write.localId)
      return {
        ...nothing,
        ...patchOf(entity, stored, write.fields),
        ...(stored.externalId === null ? {} : { [stored.externalId]: write.peerId }),
        ...(key === undefined ? {} : { [stored.primaryKey]: key }),
      }
    })
    claim(
      own,
      stored.name,
      items.flatMap((item) => (item[stored.primaryKey] === undefined ? [] : [String(item[stored.primaryKey])])),
    )
    const unknown: string[] = []
    if (items.some((item) => item[stored.primaryKey] === undefined)) own.creating.set(stored.name, unknown)
    const keys = await useItems(stored, items.length === 1 ? (items[0] ?? null) : null, (service, options) =>
      service.createMany(items, options),
    )
    own.creating.delete(stored.name)
    const localIds = keys.map((key) => localIdOf(stored.keyType, dialect, key))
    claim(own, stored.name, localIds)
    // What hooks of others created in the same collection meanwhile is theirs, not ours.
    const others = unknown.filter((localId) => !localIds.includes(localId))
    if (others.length > 0) await appendMarks(trx, entity.name, others, host.now())
    await dropSnapshots(trx, entity.name, localIds)
    return localIds
  }

  async function updateAll(
    entity: EntityDefinition,
    stored: StoredCollection,
    writes: Write<"update">[],
  ): Promise<void> {
    const changes = writes.flatMap((write): Item[] => {
      const patch = patchOf(entity, stored, write.fields, write.current)
      const key = keyOf(stored.keyType, write.localId)
      return Object.keys(patch).length === 0 || key === undefined ? [] : [{ ...patch, [stored.primaryKey]: key }]
    })
    if (changes.length === 0) return
    claim(
      own,
      stored.name,
      writes.map((write) => write.localId),
    )
    await useItems(stored, changes.length === 1 ? (changes[0] ?? null) : null, (service, options) =>
      service.updateBatch(changes, options),
    )
  }

  async function removeAll(
    entity: EntityDefinition,
    stored: StoredCollection,
    writes: Write<"remove">[],
  ): Promise<void> {
    const localIds = writes.map((write) => write.localId)
    const keys = keysOf(stored, localIds)
    if (keys.length === 0) return
    claim(own, stored.name, localIds)
    await useItems(stored, null, (service, options) => service.deleteMany(keys, options))
    await dropSnapshots(trx, entity.name, localIds)
  }

  return {
    async lock(name, localIds) {
      const { stored } = find(name)
      for (const batch of inBatches(keysOf(stored, localIds))) {
        await lockRows(
          trx(stored.name).whereIn(stored.primaryKey, batch).orderBy(stored.primaryKey).select(stored.primaryKey),
          dialect,
        )
      }
    },

    async read(name, localIds) {
      const { entity, stored } = find(name)
      const documents = await readRows(trx, dialect, entity, stored, localIds)
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
      const { entity, stored } = find(name)
      const column = entity.matchKeys.includes(key.field) ? entity.fields.get(key.field)?.directus : undefined
      const type = column === undefined ? undefined : stored.columns.get(column)
      if (column === undefined || (type !== "string" && type !== "text") || !canHold(dialect, key.value)) return []
      const rows = await trx(stored.name)
        .where({ [column]: key.value })
        .orderBy(stored.primaryKey)
        .limit(10)
        .select<Item[]>(stored.primaryKey)
      return rows.map((row) => localIdOf(stored.keyType, dialect, row[stored.primaryKey]))
    },

    async write(name, writes) {
      const { entity, stored } = find(name)
      const of = <K extends DocumentWrite["kind"]>(kind: K) =>
        writes.filter((write): write is Write<K> => write.kind === kind)
      const [removes, updates, creates] = [of("remove"), of("update"), of("create")]
      if (removes.length > 0) await removeAll(entity, stored, removes)
      if (updates.length > 0) await updateAll(entity, stored, updates)
      const created = creates.length > 0 ? await createAll(entity, stored, creates) : []
      return writes.map((write) => (write.kind === "create" ? (created[creates.indexOf(write)] ?? "") : write.localId))
    },

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
