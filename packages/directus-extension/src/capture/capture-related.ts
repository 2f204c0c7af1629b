import type { Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"
import type { Change } from "./captured"
import type { Action } from "./dependents"
import { GRACE } from "./grace"
import type { Marker } from "./mark-dirty"
import { makeRemembered, type Records } from "./remembered"

/** Marks the records that hang on the rows which change. */
export interface RelatedCapture {
  /** Before the change: remembers who hangs on the rows. An untracked change is recorded nowhere, so it is marked as an intent. */
  announced(action: "update" | "delete", change: Change, untracked: boolean): Promise<void>
  /** The change is made, in its own transaction where Directus records it. */
  recorded(action: Action, change: Change): Promise<void>
}

type Found = Map<string, string[]>

export function makeRelatedCapture(marker: Marker, log: Logger): RelatedCapture {
  const remembered = makeRemembered()

  /** Row → who hangs on it. In a savepoint: a failed question must not take the editor's transaction with it. */
  async function ask({ captured, collection, ids, context }: Change, action: Action): Promise<Map<string, Found>> {
    const found = new Map<string, Found>()
    for (const { kind, ...dependent } of captured.dependentsOf(collection, action)) {
      try {
        if (!(await marker.isReady(context.database))) return found
        const pairs = await context.database.transaction((savepoint) => dependent.find(savepoint, ids))
        for (const { row, record } of pairs) {
          const kinds = found.get(row) ?? new Map<string, string[]>()
          kinds.set(kind, [...(kinds.get(kind) ?? []), record])
          found.set(row, kinds)
        }
      } catch (error) {
        log.warn(
          `Which items of ${dependent.collection} a change concerns could not be found (${cleanError(error).message}); the sweep finds them.`,
        )
      }
    }
    return found
  }

  async function markAll({ context, person }: Change, found: Iterable<Records>, delay?: number): Promise<void> {
    const kinds = new Map<string, Set<string>>()
    for (const records of found)
      for (const [kind, ids] of records) kinds.set(kind, new Set([...(kinds.get(kind) ?? []), ...ids]))
    for (const [kind, ids] of kinds) await marker.mark(context.database, kind, [...ids], { delay, person })
  }

  return {
    async announced(action, change, untracked) {
      const found = await ask(change, action)
      for (const [row, records] of found) remembered.note(change.collection, row, records)
      if (untracked) await markAll(change, found.values(), GRACE)
    },

    async recorded(action, change) {
      const before = change.ids.map((row) => remembered.of(change.collection, row))
      const now = action === "delete" ? [] : (await ask(change, action)).values()
      await markAll(change, [...before, ...now])
    },
  }
}
