import type { EventContext } from "@directus/types"
import type { Knex } from "knex"
import type { Logger } from "medusa-directus-core/host"
import { cleanError } from "../database/database-error"
import { appendMarksSafely } from "./append-safely"
import { beforeCommit, outermost, type Companions } from "../database/before-commit"
import { dialectOf } from "../database/dialect"
import { appendMarks, statementsOfMarks } from "../items/append-marks"
import { TABLES } from "../database/tables"

export interface How {
  /** Milliseconds before they are looked at. */
  delay?: number | undefined
  /** Did a person make the change? Else it was a Flow or an extension. */
  person: boolean
  /** Did somebody make the records, or say the field that puts them on sale? */
  asked?: boolean | undefined
}

/** Notes that records may have changed. */
export interface Marker {
  mark(knex: Knex, kind: string, localIds: readonly string[], how?: How): Promise<void>
  /** Notes what could not be noted before. Never rejects. */
  retry(database: Knex): Promise<void>
  /** Are the tables there? They are not on the first boot and in `directus bootstrap`. */
  isReady(knex: Knex): Promise<boolean>
  ready(): void
}

/** What waits in memory at most; beyond it the database has been failing for long. */
const WAITING = 10_000

/** Records of one kind that one statement notes. */
interface Group {
  kind: string
  how: How
  localIds: Set<string>
}

export function makeMarker(log: Logger): Marker {
  let there = false
  const waiting = new Map<string, { kind: string; localId: string } & Pick<How, "person" | "asked">>()
  /** Transaction → what is noted at its end, because an import calls the hooks for each of its rows; null: that has begun. */
  const collected = new WeakMap<object, Map<string, Group> | null>()

  /** Keeps in memory what could not be noted. */
  function keep({ kind, how: { person, asked = false }, localIds }: Group, error: unknown): void {
    for (const localId of localIds) {
      const name = `${kind}\n${localId}`
      const isAsked = asked || (waiting.get(name)?.asked ?? false)
      if (waiting.size < WAITING) waiting.set(name, { kind, localId, person, asked: isAsked })
    }
    log.error(
      `A change of the ${kind} ${[...localIds].slice(0, 5).join(", ")} was saved but could not be noted for the sync (${cleanError(error).message}). It is tried again; should Directus stop before that, the sweep finds it.`,
    )
  }

  async function note(knex: Knex, group: Group): Promise<void> {
    const { kind, localIds } = group
    const { delay = 0, person, asked = false } = group.how
    try {
      if (!(await marker.isReady(knex))) return
      await appendMarksSafely(knex, kind, [...localIds], Date.now() + delay, { person, asked })
    } catch (error) {
      keep(group, error)
    }
  }

  /** What notes all of it, for PostgreSQL. */
  async function companions(knex: Knex, groups: Group[]): Promise<Companions | null> {
    const failed = (error: unknown) => groups.forEach((group) => keep(group, error))
    try {
      if (!(await marker.isReady(knex))) return null
      const statements = groups.flatMap(({ kind, how: { delay = 0, person, asked = false }, localIds }) =>
        statementsOfMarks(kind, [...localIds], Date.now() + delay, { person, asked }),
      )
      return { statements, failed }
    } catch (error) {
      failed(error)
      return null
    }
  }

  /** @returns null: there is no transaction whose end they could wait for. */
  function groupsOf(knex: Knex): Map<string, Group> | null {
    if (!knex.isTransaction) return null
    // What a savepoint has undone may be marked all the same.
    const whole = outermost(knex as Knex.Transaction)
    const known = collected.get(whole)
    if (known !== undefined) return known
    if (whole.isCompleted()) return null
    const groups = new Map<string, Group>()
    collected.set(whole, groups)
    beforeCommit(whole, async () => {
      collected.set(whole, null)
      const all = [...groups.values()]
      if (dialectOf(whole) === "pg") return all.length > 0 ? companions(whole, all) : null
      for (const group of all) await note(whole, group)
      return null
    })
    return groups
  }

  const marker: Marker = {
    async isReady(knex) {
      return (there ||= await knex.schema.hasTable(TABLES.mark))
    },
    ready() {
      there = true
    },
    async mark(knex, kind, localIds, how = { person: false }) {
      if (localIds.length === 0) return
      const groups = groupsOf(knex)
      if (!groups) return note(knex, { kind, how, localIds: new Set(localIds) })
      const key = `${kind}\n${String(how.delay)}\n${String(how.person)}\n${String(how.asked)}`
      const group = groups.get(key) ?? { kind, how, localIds: new Set() }
      for (const localId of localIds) group.localIds.add(localId)
      groups.set(key, group)
    },
    async retry(database) {
      if (waiting.size === 0) return
      const lost = [...waiting]
      try {
        for (const [key, { kind, localId, person, asked = false }] of lost) {
          await appendMarks(database, kind, [localId], Date.now(), { person, asked })
          waiting.delete(key)
        }
      } catch {
        // Next time.
      }
    },
  }
  return marker
}

/** Does Directus write no activity for this change? Then `activity.create` is silent about it. */
export const isUntracked = (
  collection: string,
  { accountability, schema }: Pick<EventContext, "accountability" | "schema">,
): boolean => accountability == null || schema?.collections[collection]?.accountability === null
