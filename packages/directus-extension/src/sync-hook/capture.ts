import type { EventContext } from "@directus/types"
import type { Logger } from "medusa-directus-core"
import { randomUUID } from "node:crypto"
import { cleanError } from "../adapters/database-error"
import { readRows } from "../adapters/read-rows"
import { saveSnapshots } from "../adapters/snapshot-store"
import { storedCollection } from "../adapters/stored-collection"
import { isOwnWrite } from "../own-write"
import { sharedState } from "../shared-state"
import { isUntracked, localIdsOf, type Captured, type Marker } from "./mark-dirty"

/** An announced change may still be uncommitted: looked at when it surely is over. */
const GRACE = 10_000

type Meta = Record<string, unknown>
type Filter = (payload: unknown, meta: Meta, context: EventContext) => Promise<unknown>

export interface Capture {
  activity: Filter
  create: Filter
  update: Filter
  remove: Filter
  /** After an `items.*` action. Never rejects. */
  afterwards(action: "create" | "update" | "delete", meta: Meta, context: EventContext): Promise<void>
}

const keysOf = (meta: Meta): unknown[] =>
  Array.isArray(meta["keys"]) ? (meta["keys"] as unknown[]) : meta["key"] == null ? [] : [meta["key"]]

const isItem = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What the hooks do; each gives its payload back as it came. `captured` is `null` while the mapping cannot be used. */
export function makeCapture(captured: () => Captured | null, marker: Marker, log: Logger): Capture {
  function find(collection: unknown) {
    const current = typeof collection === "string" ? captured() : null
    const entity = current?.entityOf(String(collection))
    return current && entity ? { captured: current, entity, collection: entity.collection } : null
  }

  return {
    /** In the item's own transaction, for every tracked write: REST, GraphQL, Studio, Flows, imports, reverts, promotes. */
    async activity(payload, _meta, context) {
      if (!isItem(payload)) return payload
      const action = payload["action"]
      if (action !== "create" && action !== "update" && action !== "delete") return payload
      const found = find(payload["collection"])
      if (!found) return payload
      const [localId] = localIdsOf(found.captured, context, found.collection, [payload["item"]])
      if (localId !== undefined && !isOwnWrite(found.collection, localId, action))
        await marker.mark(context.database, found.entity, [localId])
      return payload
    },

    /** Inside the transaction. An untracked item gets its key here, when we may choose it: so its mark is atomic too. */
    async create(payload, meta, context) {
      const found = find(meta["collection"])
      if (!found || !isItem(payload) || !isUntracked(found.collection, context)) return payload
      const info = context.schema?.collections[found.collection]
      if (!info) return payload
      const mayChoose = context.accountability == null && info.fields[info.primary]?.type === "uuid"
      const key = payload[info.primary] ?? (mayChoose ? randomUUID() : undefined)
      if (key === undefined) return payload
      const [localId] = localIdsOf(found.captured, context, found.collection, [key])
      if (localId !== undefined && !isOwnWrite(found.collection, localId, "create"))
        await marker.mark(context.database, found.entity, [localId])
      return payload[info.primary] == null ? { ...payload, [info.primary]: key } : payload
    },

    /** Before the transaction, mostly: an intent, in case the process ends between the commit and the action. */
    async update(payload, meta, context) {
      const found = find(meta["collection"])
      if (!found || !isUntracked(found.collection, context)) return payload
      const localIds = localIdsOf(found.captured, context, found.collection, keysOf(meta))
      await marker.mark(
        context.database,
        found.entity,
        localIds.filter((id) => !isOwnWrite(found.collection, id, "update")),
        GRACE,
      )
      return payload
    },

    /** Saves what the rows hold: after the delete nobody can tell it. Then as for an update. */
    async remove(payload, meta, context) {
      const found = find(meta["collection"])
      if (!found || !Array.isArray(payload)) return payload
      const { captured: current, entity, collection } = found
      const localIds = localIdsOf(current, context, collection, payload).filter(
        (id) => !isOwnWrite(collection, id, "delete"),
      )
      const stored = context.schema && storedCollection(context.schema, entity)?.stored
      if (stored && localIds.length > 0) {
        try {
          if (await marker.isReady(context.database)) {
            await context.database.transaction(async (savepoint) => {
              await saveSnapshots(
                savepoint,
                entity.name,
                await readRows(savepoint, current.dialect, entity, stored, localIds),
                Date.now(),
              )
            })
          }
        } catch (error) {
          log.warn(
            `The last values of ${collection} ${localIds.slice(0, 5).join(", ")} could not be kept (${cleanError(error).message}); the delete goes on.`,
          )
        }
      }
      if (isUntracked(collection, context)) await marker.mark(context.database, entity, localIds, GRACE)
      return payload
    },

    async afterwards(action, meta, context) {
      if (sharedState().emittingOwn) return
      const found = find(meta["collection"])
      if (!found) return
      try {
        if (isUntracked(found.collection, context)) {
          const localIds = localIdsOf(found.captured, context, found.collection, keysOf(meta))
          await marker.mark(
            context.database,
            found.entity,
            localIds.filter((id) => !isOwnWrite(found.collection, id, action)),
          )
        }
        await marker.retry(context.database)
      } finally {
        sharedState().sync?.wake()
      }
    },
  }
}
