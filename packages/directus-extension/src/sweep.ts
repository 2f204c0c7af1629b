import type { Knex } from "knex"
import { capture, type Link, type Logger } from "medusa-directus-core"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { cleanError } from "./adapters/database-error"
import { inBatches } from "./adapters/batches"
import { keysOf, localIdOf } from "./adapters/item-ids"
import { makeLinkStore } from "./adapters/link-store"
import { appendMarks } from "./adapters/mark-store"
import { readRows, type Reader } from "./adapters/read-rows"
import type { StoredKind } from "./adapters/stored-kinds"
import { TABLES } from "./schema/internal-tables"

export interface Sweep {
  stop(): Promise<void>
}

/** How often an instance asks whether it is its turn, in milliseconds at most. */
const ASK = 30_000
/** The share of the time in which a process has no time for this. */
const BUSY = 0.75
const BREATH = 1_000

/**
 * Sweeps every `every` milliseconds, in one instance at a time.
 *
 * @param turn - takes the turn, when it is due.
 * @param found - there are new marks.
 */
export function runSweep(
  parts: Omit<SweepParts, "rest">,
  every: number,
  turn: () => Promise<boolean>,
  found: () => void,
  log: Logger,
): Sweep {
  let stopped = false
  let running: Promise<void> | null = null
  const rest = async (tookMs: number): Promise<void> => {
    let share = performance.eventLoopUtilization()
    await sleep(Math.max(20, 3 * tookMs), undefined, { ref: false })
    for (
      let waited = 0;
      !stopped && waited < 60 && performance.eventLoopUtilization(share).utilization > BUSY;
      waited++
    ) {
      share = performance.eventLoopUtilization()
      await sleep(BREATH, undefined, { ref: false })
    }
  }
  const once = async (): Promise<void> => {
    try {
      if (!(await turn())) return
      const marked = await sweepOnce({ ...parts, rest }, () => stopped)
      if (marked > 0)
        log.info(
          `The sweep marked ${String(marked)} ${marked === 1 ? "record" : "records"} whose change nothing had told.`,
        )
      if (marked > 0) found()
    } catch (error) {
      if (!stopped) log.warn(`The sweep failed and is tried again: ${cleanError(error).message}`)
    }
  }
  const timer = setInterval(
    () => {
      running ??= once().finally(() => (running = null))
    },
    Math.min(every, ASK),
  )
  timer.unref()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

export interface SweepParts {
  /** Made anew for each page: fields and filters may change meanwhile. */
  reader: () => Promise<Reader>
  /** The kinds whose unlinked rows are news: in a collection that was there before the sync, they are left alone. */
  takesUnlinked: (collection: string) => boolean
  /** Between two pages: lets the process do its own work first. */
  rest: (tookMs: number) => Promise<void>
  now: () => number
}

const PAGE = 500
const GONE = { present: false, fields: null }

/**
 * Walks all rows of the mapped collections and compares them with their links. What differs was changed by something that
 * told nobody (plain SQL, cascades, a restored backup) and is marked; so are links whose row is gone.
 *
 * @returns how many marks were made.
 */
export async function sweepOnce(parts: SweepParts, isStopped: () => boolean): Promise<number> {
  let marked = 0
  const { kinds } = await parts.reader()
  for (const { entity } of kinds.all()) {
    for (const page of [changedRows, goneRows]) {
      let after: string | number | null = null
      do {
        if (isStopped()) return marked
        const startedAt = parts.now()
        const reader = await parts.reader()
        const kind = reader.kinds.find(entity.name)
        if (!kind) break
        const looked: Looked = await page(parts, reader, kind, after)
        await appendMarks(reader.knex, entity.name, looked.ids, parts.now())
        marked += looked.ids.length
        after = looked.next
        await parts.rest(parts.now() - startedAt)
      } while (after !== null)
    }
  }
  return marked
}

interface Looked {
  ids: string[]
  /** Where the next page begins; `null` after the last. */
  next: string | number | null
}

type Row = Record<string, unknown>

async function page<T extends Row>(
  query: Knex.QueryBuilder,
  column: string,
  after: string | number | null,
): Promise<T[]> {
  const next = query.orderBy(column).limit(PAGE)
  return (await (after === null ? next : next.where(column, ">", after))) as T[]
}

async function changedRows(
  { takesUnlinked }: SweepParts,
  reader: Reader,
  kind: StoredKind,
  after: string | number | null,
): Promise<Looked> {
  const { name, primaryKey, keyType } = kind.stored
  const rows = await page<Row>(reader.knex(name).select(primaryKey), primaryKey, after)
  const ids = rows.map((row) => localIdOf(keyType, reader.dialect, row[primaryKey]))
  const documents = await readRows(reader, kind, ids)
  const links = await linksOf(reader, kind.entity.name, ids)
  const changed = ids.filter((id) => {
    const fields = documents.get(id)
    const link = links.get(id) ?? null
    if (!link) return fields !== undefined && takesUnlinked(name)
    return isChanged(kind, link, fields ? { present: true, fields } : GONE)
  })
  return { ids: changed, next: nextOf(rows, primaryKey) }
}

async function goneRows(
  _parts: SweepParts,
  reader: Reader,
  kind: StoredKind,
  after: string | number | null,
): Promise<Looked> {
  const alive = reader
    .knex(TABLES.link)
    .where({ entity: kind.entity.name })
    .whereNot({ standing: "gone" })
    .select("id", "local_id", "parent_id")
  const rows = await page<{ id: string | number; local_id: string; parent_id: string | null }>(alive, "id", after)
  const there = await existing(
    reader,
    kind,
    rows.map((row) => row.local_id),
  )
  const gone = rows.filter((row) => !there.has(row.local_id))
  // A part that went with its whole has no end of its own.
  const above = reader.kinds.wholeOf(kind.entity.name)?.whole
  const parents = gone.flatMap((row) => row.parent_id ?? [])
  const wholes = above ? await existing(reader, above, parents) : null
  const alone = gone.filter((row) => wholes === null || row.parent_id === null || wholes.has(row.parent_id))
  const links = await linksOf(
    reader,
    kind.entity.name,
    alone.map((row) => row.local_id),
  )
  // One that went along, and whose whole is back without it, was lost on the way.
  const ids = [...links.values()]
    .filter((link) => (link.standing === "along" ? link.parentId !== null : isChanged(kind, link, GONE)))
    .map((link) => link.localId)
  return { ids, next: nextOf(rows as unknown as Row[], "id") }
}

async function existing({ knex, dialect }: Reader, { stored }: StoredKind, ids: string[]): Promise<Set<string>> {
  const { name, primaryKey, keyType } = stored
  const there = new Set<string>()
  for (const batch of inBatches(keysOf(keyType, [...new Set(ids)]))) {
    const rows = await knex(name).whereIn(primaryKey, batch).select<Row[]>(primaryKey)
    for (const row of rows) there.add(localIdOf(keyType, dialect, row[primaryKey]))
  }
  return there
}

const nextOf = (rows: Row[], column: string): string | number | null =>
  rows.length < PAGE ? null : ((rows.at(-1)?.[column] ?? null) as string | number | null)

function isChanged({ entity }: StoredKind, link: Link, row: Parameters<typeof capture>[3]): boolean {
  if (link.state === "unlinked") return false
  const captured = capture(entity, link, link.localId, row)
  return captured !== null && (captured.changed.length > 0 || captured.aliveChanged)
}

async function linksOf({ knex, dialect }: Reader, entity: string, ids: string[]): Promise<Map<string, Link>> {
  const links = await makeLinkStore(knex, dialect).find(entity, ids)
  return new Map(links.map((link) => [link.localId, link]))
}
