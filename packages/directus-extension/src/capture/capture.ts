import type { EventContext } from "@directus/types"
import type { Logger } from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { cleanError } from "../database/database-error"
import { localIdOf } from "../items/item-ids"
import { savePartSnapshots } from "../items/part-snapshots"
import { readRows } from "../items/read-rows"
import { saveSnapshots } from "../items/snapshot-store"
import type { StoredKind } from "../items/stored-kinds"
import { keyTypeOf } from "../items/stored-relations"
import { isOwnWrite } from "../own-write"
import { sharedState } from "../shared-state"
import type { RelatedCapture } from "./capture-related"
import type { CapturedIn, Change } from "./captured"
import { GRACE } from "./grace"
import type { Action } from "./dependents"
import { isUntracked, type Marker } from "./mark-dirty"
import { makePutOnSale, saysRelease } from "./put-on-sale"
import { withoutOldCopies } from "./old-copies"

type Meta = Record<string, unknown>
type Filter = (payload: unknown, meta: Meta, context: EventContext) => Promise<unknown>

export interface Capture {
  activity: Filter
  create: Filter
  update: Filter
  remove: Filter
  /** After the action of a change. Nobody waits for it. */
  afterwards(action: Action, meta: Meta, context: EventContext): Promise<void>
}

const keysIn = (meta: Meta): unknown[] =>
  Array.isArray(meta["keys"]) ? (meta["keys"] as unknown[]) : meta["key"] == null ? [] : [meta["key"]]

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

const isItem = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isAction = (value: unknown): value is Action => value === "create" || value === "update" || value === "delete"

/** What the hooks do; each gives its payload back as it came, but for the copy of a picture that an edit replaces. */
export function makeCapture(capturedIn: CapturedIn, related: RelatedCapture, marker: Marker, log: Logger): Capture {
  const putOnSale = makePutOnSale()

  function find(action: Action, collection: unknown, keys: unknown[], context: EventContext): Change | null {
    const captured = typeof collection === "string" ? capturedIn(context.schema) : null
    if (!captured || !context.schema || typeof collection !== "string") return null
    const kind = captured.kinds.heldBy(collection)
    if (!kind && captured.dependentsOf(collection, action).length === 0) return null
    const keyType = keyTypeOf(context.schema, collection)
    const ids = keys.map((key) => localIdOf(keyType, captured.dialect, key))
    return {
      captured,
      collection,
      kind,
      context,
      ids,
      person: context.accountability?.user != null,
      asked: action === "create",
    }
  }

  /** Without the rows that the sync itself is writing. */
  function foreign(change: Change | null, action: Action, connection: object | null): Change | null {
    if (!change) return null
    const ids = change.ids.filter((id) => !isOwnWrite(connection, change.collection, id, action))
    return ids.length === 0 ? null : { ...change, ids }
  }

  const markItself = async ({ kind, ids, context, person, asked }: Change, delay?: number): Promise<void> => {
    if (kind) await marker.mark(context.database, kind.entity.name, ids, { delay, person, asked })
  }

  return {
    /** In the item's own transaction, for every tracked write: REST, GraphQL, Studio, Flows, imports, reverts, promotes. */
    async activity(payload, _meta, context) {
      if (!isItem(payload) || !isAction(payload["action"])) return payload
      const { action } = payload
      const found = foreign(find(action, payload["collection"], [payload["item"]], context), action, context.database)
      if (!found) return payload
      // Directus writes its activity without accountability.
      const asked = found.asked || (action === "update" && found.ids.some((id) => putOnSale.has(found.collection, id)))
      const change = { ...found, person: payload["user"] != null, asked }
      await markItself(change)
      await related.recorded(action, change)
      return payload
    },

    /** Inside the transaction. An untracked item gets its key here, when we may choose it: so its mark is atomic too. */
    async create(payload, meta, context) {
      const collection = String(meta["collection"])
      const info = context.schema?.collections[collection]
      if (!info || !isItem(payload) || !isUntracked(collection, context) || !find("create", collection, [], context))
        return payload
      const mayChoose = context.accountability == null && info.fields[info.primary]?.type === "uuid"
      const key = payload[info.primary] ?? (mayChoose ? randomUUID() : undefined)
      if (key === undefined) return payload
      const change = foreign(find("create", collection, [key], context), "create", context.database)
      if (change) await markItself(change)
      return payload[info.primary] == null ? { ...payload, [info.primary]: key } : payload
    },

    /** Before the transaction, mostly: an intent, in case the process ends between the commit and the action. */
    async update(payload, meta, context) {
      const found = foreign(find("update", meta["collection"], keysIn(meta), context), "update", context.database)
      if (!found) return payload
      const change = { ...found, asked: saysRelease(found.kind, payload) }
      putOnSale.note(change)
      const untracked = isUntracked(change.collection, context)
      if (untracked) await markItself(change, GRACE)
      await related.announced("update", change, untracked)
      return isItem(payload) ? withoutOldCopies(payload, change, log) : payload
    },

    /** Saves what the rows and their parts hold: after the delete nobody can tell it. Then as for an update. */
    async remove(payload, meta, context) {
      if (!isList(payload)) return payload
      const change = foreign(find("delete", meta["collection"], payload, context), "delete", context.database)
      if (!change) return payload
      if (change.kind) await keepLastValues(change, change.kind)
      const untracked = isUntracked(change.collection, context)
      if (untracked) await markItself(change, GRACE)
      await related.announced("delete", change, untracked)
      return payload
    },

    async afterwards(action, meta, context) {
      if (sharedState().emittingOwn) return
      const keys = keysIn(meta)
      const found = find(action, meta["collection"], keys, context)
      if (!found) return
      try {
        const asked = found.asked || saysRelease(found.kind, meta["payload"])
        const change = isUntracked(found.collection, context) ? foreign({ ...found, asked }, action, null) : null
        if (change) {
          await markItself(change)
          await related.recorded(action, change)
        }
        await marker.retry(context.database)
      } finally {
        sharedState().sync?.wake(Math.max(1, keys.length))
      }
    },
  }

  async function keepLastValues({ captured, collection, ids, context }: Change, kind: StoredKind): Promise<void> {
    try {
      if (!(await marker.isReady(context.database))) return
      await context.database.transaction(async (savepoint) => {
        const reader = { ...captured, knex: savepoint }
        await saveSnapshots(savepoint, kind.entity.name, await readRows(reader, kind, ids), Date.now())
        await savePartSnapshots(reader, kind.entity.name, ids, Date.now())
      })
    } catch (error) {
      log.warn(
        `The last values of ${collection} ${ids.slice(0, 5).join(", ")} could not be kept (${cleanError(error).message}); the delete goes on.`,
      )
    }
  }
}
