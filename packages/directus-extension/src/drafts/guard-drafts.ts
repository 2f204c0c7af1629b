import { UnprocessableContentError } from "@directus/errors"
import type { Accountability, EventContext } from "@directus/types"
import { isOvertaken, type Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"
import { addJournal, makeConflictStore } from "../ports/history-store"
import { localIdOf } from "../items/item-ids"
import type { Item } from "../items/item-values"
import { makeLinkStore } from "../ports/link-store"
import type { StoredKind } from "../items/stored-kinds"
import type { CapturedIn } from "../capture/captured"
import type { Marker } from "../capture/mark-dirty"
import { addBases, dropBases } from "./base-store"
import { decideDraft, type Outcome } from "./decide-draft"
import { isItem, type DraftReader } from "./drafted"
import { keepBases } from "./keep-bases"
import { readDraft } from "./read-draft"
import { isReviewed } from "./reviewed"
import { tidyDraft } from "./tidy-draft"

type Meta = Record<string, unknown>
type Filter = (payload: unknown, meta: Meta, context: EventContext) => Promise<unknown>

/** What the hooks of drafts do; each gives its payload back, with what the rules take out of it. */
export interface DraftGuard {
  save: Filter
  publish: Filter
  update: Filter
  activity: Filter
  /** After a draft was published. Never rejects. */
  published(meta: Meta, context: EventContext): Promise<void>
  /** After drafts were deleted. Never rejects. */
  deleted(meta: Meta, context: EventContext): Promise<void>
}

/** One draft that is being published. */
interface Publishing extends Outcome {
  version: string
  collection: string
  item: string
  accountability: Accountability | null
  settled: boolean
  /** Milliseconds, of the process's own clock. */
  startedAt: number
}

/** No publishing takes longer. One that failed tells nobody, and a later edit of the item is not its own. */
const LONGEST = 60_000

interface Found {
  reader: DraftReader
  kind: StoredKind
  localId: string
}

const nameOf = (collection: unknown, item: unknown): string => `${String(collection)}\n${String(item)}`

export function makeDraftGuard(capturedIn: CapturedIn, marker: Marker, log: Logger): DraftGuard {
  const publishing = new Map<string, Publishing>()
  /** Item → the publishing whose update has begun, and no other one. */
  const begun = new Map<string, Publishing>()

  async function find(collection: unknown, item: unknown, context: EventContext): Promise<Found | null> {
    const { schema, database: knex } = context
    const captured = typeof collection === "string" && item != null ? capturedIn(schema) : null
    const kind = captured?.kinds.heldBy(String(collection))
    if (!captured || !schema || !kind || !(await marker.isReady(knex))) return null
    return {
      reader: { ...captured, knex, schema },
      kind,
      localId: localIdOf(kind.stored.keyType, captured.dialect, item),
    }
  }

  /** In the transaction of the item where Directus records the change; else after it. */
  async function settle({ knex, dialect }: DraftReader, outcome: Publishing): Promise<void> {
    if (outcome.conflicts.length > 0) await makeConflictStore(knex, dialect).add(outcome.conflicts)
    if (outcome.journal.length > 0) await addJournal(knex, dialect, outcome.journal)
    await addBases(knex, dialect, outcome.version, outcome.told)
    outcome.settled = true
  }

  /** Whoever changes what the decision stands on has to wait for these rows by now. */
  async function refuseIfOvertaken({ knex, dialect }: DraftReader, { seen }: Publishing): Promise<void> {
    for (const { kind, localId, fps } of seen.values()) {
      const [link] = await makeLinkStore(knex, dialect).find(kind, [localId])
      if (!isOvertaken(link ?? null, fps, fps.keys())) continue
      throw new UnprocessableContentError({
        reason: "Medusa has changed this item while the version was being published. Look at it, then publish it again",
      })
    }
  }

  const noted = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn(`${what} (${cleanError(error).message}).`)
    }
  }

  return {
    /** Names and keys of versions are changed by the same event. */
    async save(payload, { keys }, context) {
      const delta = isItem(payload) ? payload["delta"] : null
      if (!isItem(delta) || !Array.isArray(keys)) return payload
      for (const version of keys.map(String))
        await noted("What a version is based on could not be kept", async () => {
          const row = (await context
            .database("directus_versions")
            .where({ id: version })
            .first("collection", "item")) as Item | undefined
          const found = await find(row?.["collection"], row?.["item"], context)
          if (!found) return
          const { kind, localId } = found
          // In a savepoint: a failed question must not take the editor's transaction with it.
          await context.database.transaction(async (savepoint) => {
            const reader = { ...found.reader, knex: savepoint }
            await tidyDraft(reader, kind, localId, delta, true)
            await keepBases(reader, version, kind, localId, delta)
          })
        })
      return payload
    },

    async publish(payload, { collection, item, version }, context) {
      if (!isItem(payload)) return payload
      const whole = structuredClone(payload)
      try {
        const found = await find(collection, item, context)
        if (!found) return payload
        const { reader, kind, localId } = found
        await tidyDraft(reader, kind, localId, payload, false)
        const draft = await readDraft(reader, kind, localId, payload)
        const reviewed = isReviewed(context.accountability)
        const outcome = await decideDraft(reader, String(version), draft, reviewed, new Date())
        publishing.set(String(version), {
          ...outcome,
          ...{ version: String(version), collection: String(collection), item: localId },
          ...{ accountability: context.accountability, settled: false, startedAt: performance.now() },
        })
        return payload
      } catch (error) {
        log.error(
          `A version of ${String(collection)} ${String(item)} is published as it would be without the sync (${cleanError(error).message}): look at what Medusa has changed of it.`,
        )
        return whole
      }
    },

    update(payload, { collection, keys }, { accountability }) {
      for (const [version, { startedAt }] of publishing)
        if (performance.now() - startedAt > LONGEST) publishing.delete(version)
      if (publishing.size === 0) begun.clear()
      if (publishing.size === 0 || !Array.isArray(keys)) return Promise.resolve(payload)
      for (const key of keys) {
        begun.delete(nameOf(collection, key))
        for (const one of publishing.values())
          if (one.accountability === accountability && nameOf(one.collection, one.item) === nameOf(collection, key))
            begun.set(nameOf(collection, key), one)
      }
      return Promise.resolve(payload)
    },

    async activity(payload, _meta, context) {
      const { action, collection, item } = isItem(payload) ? payload : {}
      const one = action === "update" ? begun.get(nameOf(collection, item)) : undefined
      const found = one && (await find(collection, item, context))
      if (!found) return payload
      await refuseIfOvertaken(found.reader, one)
      await settle(found.reader, one)
      return payload
    },

    published: ({ payload, collection, item, version }, context) =>
      noted("What a version has published could not be kept", async () => {
        const name = String(version)
        const found = await find(collection, item, context)
        const one = publishing.get(name)
        publishing.delete(name)
        begun.delete(nameOf(collection, found?.localId))
        if (one?.settled || !found || !isItem(payload)) return
        if (one) return settle(found.reader, one)
        // It has made its item just now.
        const draft = await readDraft(found.reader, found.kind, found.localId, payload)
        const { told } = await decideDraft(found.reader, name, draft, false, new Date())
        await addBases(found.reader.knex, found.reader.dialect, name, told)
      }),

    deleted: ({ keys }, { database }) =>
      noted("What was kept of a deleted version stays for now", async () => {
        const versions = Array.isArray(keys) ? keys.map(String) : []
        for (const version of versions) publishing.delete(version)
        if (await marker.isReady(database)) await dropBases(database, versions)
      }),
  }
}
