import type { Knex } from "knex"
import type { Mark, MarkStore } from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { inBatches } from "../database/batches"
import { hasCome } from "../database/clock-step"
import { lockRows, type Dialect } from "../database/dialect"
import { appendMarks, LATER } from "../items/append-marks"

/** How long a process may take over what it leased, in milliseconds. */
const LEASE = 20_000
/** Marks that one fold takes at most. */
const FOLD = 5_000

interface AppendedMark {
  seq: string | number
  entity: string
  local_id: string
  due_at: string | number
  priority: number
  /** SQLite's booleans are 0 and 1. */
  person: boolean | number
  asked: boolean | number
}

interface FoldedMark {
  entity: string
  local_id: string
  n: number
  priority: number
  person: boolean
  automation: boolean
  asked: boolean
  run_at: number
  marked_at: number
}

/**
 * Moves the appended marks that are due into the dirty set. The others wait: a change that was announced before its
 * transaction would else be looked at too early, and never again. Call it in a transaction.
 */
export async function foldMarks(trx: Knex, dialect: Dialect, now: number): Promise<void> {
  const next = trx(TABLES.mark).where(hasCome("due_at", now)).orderBy("seq").limit(FOLD).select<AppendedMark[]>("*")
  const rows = await lockRows(next, dialect, { skipLocked: true })
  for (const batch of inBatches(rows)) {
    await trx(TABLES.mark)
      .whereIn(
        "seq",
        batch.map((row) => row.seq),
      )
      .delete()
  }
  const folded = new Map<string, FoldedMark>()
  for (const { seq, entity, local_id, due_at, priority, ...row } of rows) {
    const known = folded.get(`${entity}\n${local_id}`)
    const dueAt = Math.min(Number(due_at), now)
    // The log's own number: no mark of a record ever has the `n` of an earlier one that was cleared.
    const n = Number(seq)
    const person = Boolean(row.person)
    const asked = Boolean(row.asked)
    if (known)
      Object.assign(known, {
        n: Math.max(known.n, n),
        run_at: Math.min(known.run_at, dueAt),
        marked_at: Math.min(known.marked_at, dueAt),
        priority: Math.max(known.priority, priority),
        person: known.person || person,
        automation: known.automation || !person,
        asked: known.asked || asked,
      })
    else {
      const who = { person, automation: !person, asked }
      folded.set(`${entity}\n${local_id}`, { entity, local_id, n, priority, ...who, run_at: dueAt, marked_at: dueAt })
    }
  }
  const sorted = [...folded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  for (const batch of inBatches(sorted)) {
    await trx(TABLES.dirty)
      .insert(batch)
      .onConflict(["entity", "local_id"])
      .merge({
        n: trx.raw("excluded.n"),
        // Whose mark is stopped, and is taken by a backfill, is told by it.
        priority: trx.raw(
          "case when ?? is null or excluded.priority > ?? then excluded.priority else ?? end",
          ["run_at", "priority", "priority"].map((column) => `${TABLES.dirty}.${column}`),
        ),
        person: trx.raw("?? or excluded.person", [`${TABLES.dirty}.person`]),
        automation: trx.raw("?? or excluded.automation", [`${TABLES.dirty}.automation`]),
        asked: trx.raw("?? or excluded.asked", [`${TABLES.dirty}.asked`]),
        run_at: trx.raw("case when ?? < excluded.run_at then ?? else excluded.run_at end", [
          `${TABLES.dirty}.run_at`,
          `${TABLES.dirty}.run_at`,
        ]),
        // One that waited for a person, or in a backfill, is as old as the change that makes it urgent.
        marked_at: trx.raw(
          "case when ?? is null or ?? is null or ?? < 0 then excluded.marked_at else ?? end",
          ["marked_at", "run_at", "priority", "marked_at"].map((column) => `${TABLES.dirty}.${column}`),
        ),
      })
  }
}

/** SQLite's booleans are 0 and 1. */
interface DueMark {
  entity: string
  local_id: string
  n: string | number
  person: boolean | number
  automation: boolean | number
  asked: boolean | number
  lease_owner: string | null
}

function groupByEntity(marks: Mark[]): Map<string, Mark[]> {
  const groups = new Map<string, Mark[]>()
  for (const mark of marks) groups.set(mark.entity, [...(groups.get(mark.entity) ?? []), mark])
  return groups
}

/**
 * See HostPorts.lease. Call it in a transaction of its own.
 *
 * @param kinds - wholes before their parts: Directus records a nested create from the inside out, and Medusa would have
 *   to send each part back that comes before its whole.
 */
export async function leaseMarks(
  trx: Knex,
  dialect: Dialect,
  owner: string,
  limit: number,
  now: number,
  kinds: readonly string[],
): Promise<Mark[]> {
  await foldMarks(trx, dialect, now)
  const due = trx(TABLES.dirty)
    .where(hasCome("run_at", now))
    .where((free) => void free.whereNull("lease_until").orWhere(hasCome("lease_until", now)))
    .orderBy("priority", "desc")
    .orderByRaw(
      `case entity ${kinds.map((_, i) => `when ? then ${String(i)}`).join(" ")} else ${String(kinds.length)} end`,
      [...kinds],
    )
    .orderBy([{ column: "run_at" }, { column: "n" }])
    .limit(limit)
    .select<DueMark[]>(...["entity", "local_id", "n", "person", "automation", "asked", "lease_owner"])
  const rows = await lockRows(due, dialect, { skipLocked: true })
  const marks = rows.map(({ entity, local_id: localId, n, person, automation, asked, lease_owner: lost }) => ({
    entity,
    localId,
    n: Number(n),
    // Whoever leased it before and never gave it back has taken with it who made the changes.
    automatic: Boolean(automation) && !person && lost === null,
    asked: Boolean(asked),
  }))
  for (const [entity, group] of groupByEntity(marks)) {
    for (const batch of inBatches(group)) {
      await trx(TABLES.dirty)
        .where({ entity })
        .whereIn(
          "local_id",
          batch.map((mark) => mark.localId),
        )
        // Who made the changes that come from now on is another question.
        .update({ lease_owner: owner, lease_until: now + LEASE, person: false, automation: false })
    }
  }
  return marks
}

interface Earliest {
  at: string | number | null
}

/** See HostPorts.nextDue. */
export async function nextDue(database: Knex): Promise<Date | null> {
  const free = database.raw(
    "min(case when lease_until is not null and lease_until > run_at then lease_until else run_at end) as at",
  )
  const earliest = [
    await database(TABLES.dirty).whereNotNull("run_at").first<Earliest>(free),
    await database(TABLES.mark).first<Earliest>(database.raw("min(due_at) as at")),
  ]
  const times = earliest.flatMap((row) => (row?.at == null ? [] : [Number(row.at)]))
  return times.length > 0 ? new Date(Math.min(...times)) : null
}

/**
 * The dirty set as one transaction of the process `owner` sees it. It touches only what that process still holds: after
 * an expired lease another one may have cleared the mark, and the one that is there is a new one.
 */
export function makeMarkStore(trx: Knex, dialect: Dialect, owner: string, now: () => number): MarkStore {
  /** Of these, the records with a mark that says `of`. */
  async function withMarks(entity: string, localIds: string[], of: { person?: true } = {}): Promise<Set<string>> {
    const found = new Set<string>()
    for (const batch of inBatches(localIds))
      for (const table of [TABLES.dirty, TABLES.mark])
        for (const { local_id } of await trx(table)
          .where({ entity, ...of })
          .whereIn("local_id", batch)
          .select<{ local_id: string }[]>("local_id"))
          found.add(local_id)
    return found
  }

  /** Of these, the records whose marks are a backfill's alone. */
  async function takenLater(entity: string, localIds: string[]): Promise<Set<string>> {
    const later = new Set<string>()
    const urgent = new Set<string>()
    for (const batch of inBatches(localIds))
      for (const table of [TABLES.dirty, TABLES.mark])
        for (const { local_id, priority } of await trx(table)
          .where({ entity })
          .whereIn("local_id", batch)
          .select<{ local_id: string; priority: number }[]>("local_id", "priority"))
          (priority < 0 ? later : urgent).add(local_id)
    for (const id of urgent) later.delete(id)
    return later
  }

  /** Locks the rows of marks in the order of their ids and tells which of them still have the same `n`. */
  async function compare(entity: string, marks: Mark[]): Promise<{ same: string[]; grown: string[] }> {
    const held = trx(TABLES.dirty)
      .where({ entity, lease_owner: owner })
      .whereIn(
        "local_id",
        marks.map((mark) => mark.localId),
      )
      .orderBy("local_id")
      .select<{ local_id: string; n: string | number }[]>("local_id", "n")
    const seen = new Map(marks.map((mark) => [mark.localId, mark.n]))
    const same: string[] = []
    const grown: string[] = []
    for (const { local_id, n } of await lockRows(held, dialect))
      (Number(n) === seen.get(local_id) ? same : grown).push(local_id)
    return { same, grown }
  }

  const rows = (entity: string, localIds: string[]) => trx(TABLES.dirty).where({ entity }).whereIn("local_id", localIds)

  async function giveBack(entity: string, localIds: string[], runAt: number | null): Promise<void> {
    if (localIds.length > 0)
      await rows(entity, localIds).update({ lease_owner: null, lease_until: null, run_at: runAt })
  }

  async function each(marks: Mark[], work: (entity: string, batch: Mark[]) => Promise<void>): Promise<void> {
    for (const [entity, group] of groupByEntity(marks)) for (const batch of inBatches(group)) await work(entity, batch)
  }

  const postpone = (marks: Mark[], at: Date | null): Promise<void> =>
    each(marks, async (entity, batch) => {
      const { same, grown } = await compare(entity, batch)
      await giveBack(entity, same, at === null ? null : at.getTime())
      await giveBack(entity, grown, now())
    })

  return {
    // Nobody knows who changed these, so what a sweep has found is not taken for an automation's.
    add: (entity, localIds, isOwn = false) => appendMarks(trx, entity, localIds, now(), { person: !isOwn }),
    async wake(entity, localIds) {
      const later = await takenLater(entity, localIds)
      const others = localIds.filter((id) => !later.has(id))
      await appendMarks(trx, entity, others, now(), { person: true })
      await appendMarks(trx, entity, [...later], now(), { priority: LATER, person: true })
    },
    addLater: (entity, localIds, asked = false) =>
      appendMarks(trx, entity, localIds, now(), { priority: LATER, person: true, asked }),
    async countLater() {
      const count = async (query: Knex.QueryBuilder) =>
        Number(
          (
            (await query
              .where((one) => void one.where("priority", "<", 0).orWhere({ asked: true }))
              .count({ n: "*" })) as { n: string | number }[]
          )[0]?.n ?? 0,
        )
      return (await count(trx(TABLES.dirty).whereNotNull("run_at"))) + (await count(trx(TABLES.mark)))
    },
    clear: (marks) =>
      each(marks, async (entity, batch) => {
        const { same, grown } = await compare(entity, batch)
        if (same.length > 0) await rows(entity, same).delete()
        await giveBack(entity, grown, now())
      }),
    postpone,
    putBack: async (marks, at) => {
      await postpone(marks, at)
      for (const column of ["person", "automation"] as const) {
        const such = marks.filter(({ automatic }) => automatic === (column === "automation"))
        await each(such, async (entity, batch) => {
          const ids = batch.map(({ localId }) => localId)
          await rows(entity, ids).update({ [column]: true })
        })
      }
    },
    changedByPeople: (entity, localIds) => withMarks(entity, localIds, { person: true }),
    marked: (entity, localIds) => withMarks(entity, localIds),
  }
}
