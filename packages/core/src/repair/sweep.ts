import { SyncError } from "../errors.ts"
import { asArchived, isAskedFor, placesApart, placesToAsk } from "../record/apart.ts"
import { askForPlaces } from "./ask-places.ts"
import { capture, looksArchived } from "../record/capture.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { seeLost, type SeenRow } from "../record/lost.ts"
import { goneWithParent, restingWholes } from "../family/parts.ts"
import { lookAround } from "../family/references.ts"
import { wakeUnsure, wakeWaiting } from "../record/taken.ts"
import { MAX_FAILURES } from "../retry.ts"
import type { Cursor, Drift } from "../operate/job.ts"
import { isTombstone, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { SIZES } from "../sizes.ts"
import {
  NO_ROW,
  type HostPorts,
  type HostRow,
  type HostTransaction,
  type HostClock,
  type HostDatabase,
  type HostSelf,
} from "../ports.ts"

export interface SweepOptions {
  /** Which of these rows without a link are news? Those that were there before the sync are not, until a backfill. */
  newAmong: (entity: string, localIds: string[]) => Promise<string[]>
  /** Called between two pages: lets the process do its own work first. `false` ends the sweep. */
  rest: (tookMs: number) => Promise<boolean>
  /** Called with all records that changed and told nobody, before they are marked. */
  before?: (changed: readonly Drift[]) => Promise<void>
}

/**
 * Walks all rows and all links and marks what differs: changes by plain SQL, by a trigger that was dropped, by a restored
 * table; and what waits to be sent without a mark. For a place that is new here it asks the peer.
 *
 * @returns how many marks were made.
 */
export async function sweepOnce(ports: HostPorts, options: SweepOptions): Promise<number> {
  let marked = 0
  const changed: Drift[] = []
  const mark = async (drifts: Drift[]): Promise<void> => {
    marked += await markDrifts(ports, drifts)
  }
  const took = async ({ entity, drifts, waiting, apart }: Seen): Promise<void> => {
    // Whether so many are meant is known, and asked about once, when all have been seen.
    changed.push(...drifts.filter(({ kind }) => kind === "changed"))
    await mark([...drifts.filter(({ kind }) => kind !== "changed"), ...waiting])
    if (apart.length > 0) await askForPlaces(ports, entity, apart)
  }
  if (!(await walk(ports, options, took))) return marked
  await options.before?.(changed)
  await mark(changed)
  return marked
}

/** @returns how many. */
export async function markDrifts(ports: HostDatabase, drifts: Drift[]): Promise<number> {
  for (const [kind, group] of groupBy(drifts, ({ entity }) => entity))
    for (let at = 0; at < group.length; at += SIZES.page) {
      const ids = group.slice(at, at + SIZES.page).map(({ localId }) => localId)
      await ports.transaction(({ marks }) => marks.add(kind, ids))
    }
  return drifts.length
}

/** Asks the peer what it has for places that are new here, and marks nothing. @returns how many records have such a place. */
export async function askAboutPlaces(ports: HostPorts, options: SweepOptions): Promise<number> {
  let open = 0
  await walk(ports, options, async ({ entity, apart }) => {
    open += apart.length
    if (apart.length > 0) await askForPlaces(ports, entity, apart)
  })
  return open
}

/** Walks all records like a sweep. @param found - called with what told nobody of each page. */
export async function findDrift(
  ports: HostSelf & HostDatabase & HostClock,
  options: SweepOptions,
  found: (drifts: Drift[]) => unknown,
): Promise<void> {
  await walk(ports, options, (seen) => {
    found(driftsIn(seen).drifts)
    return Promise.resolve()
  })
}

/** One page of a kind. */
export interface Seen {
  entity: EntityDefinition
  /** Without a mark. */
  drifts: Drift[]
  /** With one: somebody has told of them, and they wait for the sender. */
  waiting: Drift[]
  apart: Page["apart"]
  /** How many rows were looked at; a page of links counts none, so that each record counts once. */
  rows: number
}

/** All that a page shows to whoever looks for drift: also the places that the peer was not asked about. */
export function driftsIn({ entity, drifts, waiting, apart }: Seen): Pick<Seen, "drifts" | "waiting"> {
  const unasked = new Map(
    apart.map(({ link, places }) => [link.localId, places.filter((place) => !isAskedFor(entity, link, place))]),
  )
  const fieldsOf = (localId: string): string[] => unasked.get(localId) ?? []
  const isUnasked = ({ localId }: Pick<Drift, "localId">): boolean => fieldsOf(localId).length > 0
  const isIn = (some: Drift[]) => {
    const ids = new Set(some.map(({ localId }) => localId))
    return (drift: Drift): boolean => ids.has(drift.localId)
  }
  const [found, known] = [isIn(drifts), isIn([...drifts, ...waiting])]
  const open = apart.map(({ link: { localId } }) => driftOf(entity, localId, "apart", fieldsOf(localId)))
  return {
    drifts: [
      ...drifts.map((drift) => ({ ...drift, fields: [...drift.fields, ...fieldsOf(drift.localId)] })),
      ...open.filter((drift) => isUnasked(drift) && !found(drift)),
    ],
    waiting: [...waiting, ...open.filter((drift) => !known(drift))].filter((drift) => !isUnasked(drift)),
  }
}

/** Where a walk begins with a kind, or goes on with it; `null` = there is no more. */
export const cursorAt = (kind: string | undefined, after: string | null = null, look: Cursor["look"] = "rows") =>
  kind === undefined ? null : { kind, look, after }

/** @returns whether all were walked. */
async function walk(
  ports: HostSelf & HostDatabase & HostClock,
  { newAmong, rest }: SweepOptions,
  took: (seen: Seen) => Promise<void>,
): Promise<boolean> {
  const [first] = ports.config.entities.keys()
  for (let at: Cursor | null = cursorAt(first); at !== null;) {
    const startedAt = ports.now().getTime()
    const { seen, next } = await lookAtPage(ports, { newAmong }, at)
    await took(seen)
    if (!(await rest(ports.now().getTime() - startedAt))) return false
    at = next
  }
  return true
}

/** The rows of each kind, page by page, and then its links. @throws SyncError `invalid_options` when it is not mapped. */
export async function lookAtPage(
  ports: HostSelf & HostDatabase,
  { newAmong }: Pick<SweepOptions, "newAmong">,
  { kind, look, after }: Cursor,
): Promise<{ seen: Seen; next: Cursor | null }> {
  const entity = ports.config.entities.get(kind)
  if (!entity) throw new SyncError("invalid_options", `The kind "${kind}" is not mapped.`)
  const lookAt = look === "rows" ? lookAtRows : lookAtLinks
  const [page, told] = await ports.transaction(async (tx): Promise<[Page, ReadonlySet<string>]> => {
    const looked: Page = await lookAt(tx, entity, after)
    return [looked, await toldAmong(tx, kind, [...looked.drifts.map(({ localId }) => localId), ...looked.unlinked])]
  })
  const added = page.unlinked.length > 0 ? await newAmong(kind, page.unlinked) : []
  const found = [...page.drifts, ...added.map((localId) => driftOf(entity, localId, "new"))]
  const isTold = ({ localId }: Drift): boolean => told.has(localId)
  const kinds = [...ports.config.entities.keys()]
  const behind = look === "rows" ? cursorAt(kind, null, "links") : cursorAt(kinds[kinds.indexOf(kind) + 1])
  const next = page.next === null ? behind : cursorAt(kind, page.next, look)
  const [drifts, waiting] = [found.filter((drift) => !isTold(drift)), found.filter(isTold)]
  return { seen: { entity, drifts, waiting, apart: page.apart, rows: page.rows }, next }
}

/** Those that have a mark, and are not stopped: what changes in those without a word is read by no sender. */
async function toldAmong(
  { marks, links }: HostTransaction,
  kind: string,
  localIds: string[],
): Promise<ReadonlySet<string>> {
  const marked = localIds.length > 0 ? [...(await marks.marked(kind, localIds))] : []
  if (marked.length === 0) return new Set()
  const known = indexBy(await links.find(kind, marked), ({ localId }) => localId)
  return new Set(marked.filter((id) => known.get(id)?.state !== "quarantined"))
}

interface Page {
  drifts: Drift[]
  /** Rows without a link. */
  unlinked: string[]
  /** Records whose places the peer has to be asked about. */
  apart: { link: Link; places: string[] }[]
  rows: number
  /** Where the next page begins; `null` after the last. */
  next: string | null
}

const driftOf = ({ name }: EntityDefinition, localId: string, kind: Drift["kind"], fields: string[] = []): Drift => ({
  entity: name,
  localId,
  kind,
  fields,
})

async function lookAtRows(tx: HostTransaction, entity: EntityDefinition, after: string | null): Promise<Page> {
  // What holds a value on the peer need not be known to the sync, and changes without a word.
  if (after === null) {
    await wakeWaiting(tx, entity.name, { attempts: MAX_FAILURES - 1 })
    await wakeUnsure(tx, entity.name)
  }
  const { ids, next } = await tx.documents.page(entity.name, after, SIZES.page)
  const links = indexBy(await tx.links.find(entity.name, ids), ({ localId }) => localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  // One that a filter hides is there and is not: its link tells.
  const present = ids.filter((localId) => rows.get(localId)?.present)
  const found = present.flatMap((localId) => {
    const link = links.get(localId)
    return link ? compare(entity, link, rows.get(localId) ?? NO_ROW) : []
  })
  return {
    drifts: await withoutResting(tx, entity, found, links, rows),
    unlinked: present.filter((localId) => !links.has(localId)),
    apart: await lookAtPlaces(
      tx,
      entity,
      present.flatMap((localId) => links.get(localId) ?? []),
    ),
    rows: ids.length,
    next,
  }
}

/** A part whose parent is not alive has nothing to tell, whatever it holds: it is looked at when its parent is back. */
async function withoutResting(
  tx: HostTransaction,
  entity: EntityDefinition,
  drifts: Drift[],
  links: ReadonlyMap<string, Link>,
  rows: ReadonlyMap<string, HostRow>,
): Promise<Drift[]> {
  if (drifts.length === 0 || entity.parent === null) return drifts
  const changed = new Map(drifts.map(({ localId }) => [localId, rows.get(localId) ?? NO_ROW]))
  const { restsWithParent } = await lookAround(tx, entity, links, changed)
  return drifts.filter(({ localId }) => !restsWithParent(links.get(localId) ?? null, changed.get(localId) ?? NO_ROW))
}

async function lookAtLinks(tx: HostTransaction, entity: EntityDefinition, after: string | null): Promise<Page> {
  const ids = await tx.links.page(entity.name, after, SIZES.page)
  const links = (await tx.links.find(entity.name, ids)).filter(
    ({ localId, standing }) => standing !== "gone" && !isTombstone(localId),
  )
  const rows = await tx.documents.read(
    entity.name,
    links.map(({ localId }) => localId),
  )
  const absent = links.filter(({ localId }) => !rows.get(localId)?.present)
  const wentAlong = await goneWithParent(tx, entity, absent)
  const drifts = absent
    .filter(({ localId }) => !wentAlong.has(localId))
    .flatMap((link): Drift[] => {
      // It went with its parent, which is back without it: it was lost on the way.
      if (link.standing === "along") return link.parentId === null ? [] : [driftOf(entity, link.localId, "gone")]
      return compare(entity, link, rows.get(link.localId) ?? NO_ROW)
    })
  const known = indexBy(links, ({ localId }) => localId)
  return {
    drifts: await withoutResting(tx, entity, drifts, known, rows),
    unlinked: [],
    apart: [],
    rows: 0,
    next: ids.length < SIZES.page ? null : (ids.at(-1) ?? null),
  }
}

/** @returns those that the peer has to be asked about. */
async function lookAtPlaces(tx: HostTransaction, entity: EntityDefinition, found: Link[]): Promise<Page["apart"]> {
  const open = found.filter((link) => placesApart(entity, link).length > 0)
  const isArchived = ({ standing, peerId, state }: Link): boolean =>
    standing === "archived" && peerId !== null && state !== "unlinked"
  const archived = open
    .filter(isArchived)
    .map(({ localId }) => localId)
    .sort()
  if (archived.length > 0) {
    const links = (await tx.links.lock(entity.name, archived)).filter(isArchived)
    const rows = await tx.documents.read(entity.name, archived)
    const noted = links.map((link) => {
      const document = rows.get(link.localId)?.fields ?? {}
      // What somebody has typed meanwhile brings it back.
      return looksArchived(entity, link, document) ? asArchived(entity, link, document) : link
    })
    await tx.links.save(
      entity.name,
      noted.filter((link, i) => link !== links[i]),
    )
  }
  const resting = await restingWholes(tx, entity, open)
  return open.flatMap((link) => {
    const places = resting.has(link.parentId ?? "") ? [] : placesToAsk(entity, link)
    return places.length > 0 ? [{ link, places }] : []
  })
}

function compare(entity: EntityDefinition, link: Link, row: SeenRow): Drift[] {
  if (link.state === "unlinked") return []
  const captured = capture(entity, link, link.localId, row)
  const drift = (kind: Drift["kind"], fields: string[] = []): Drift[] => [driftOf(entity, link.localId, kind, fields)]
  if (captured?.aliveChanged) return drift(row.present ? "back" : "gone", captured.changed)
  if (captured && captured.changed.length > 0) return drift("changed", captured.changed)
  if (row.returned || row.lost?.size) {
    const unknown = [...(row.lost ?? [])].flatMap(([name, id]) => (link.fields[name]?.went === id ? [] : [name]))
    const names = [...unknown, ...((row.present && row.returned) || [])]
    if (names.length > 0) return drift("changed", names)
  }
  return link.state === "active" && !link.heldBack && needsPush(link) && row.present ? drift("untold") : []
}
