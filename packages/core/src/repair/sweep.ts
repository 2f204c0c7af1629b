import { asArchived, placesApart } from "../flow/apart.ts"
import { askForPlaces } from "../flow/ask-places.ts"
import { capture } from "../flow/capture.ts"
import { groupBy, indexBy } from "../flow/group-by.ts"
import { seeLost, type SeenRow } from "../flow/lost.ts"
import { goneWithParent } from "../flow/parts.ts"
import { lookAround } from "../flow/references.ts"
import { wakeUnsure, wakeWaiting } from "../flow/taken.ts"
import { MAX_FAILURES } from "../guard/retry.ts"
import { isAlive, isTombstone, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { SIZES } from "../sizes.ts"
import { NO_ROW, type HostPorts, type HostRow, type HostTransaction } from "../ports.ts"

/** A record that is not as its link remembers it: something changed it and told nobody. */
export interface Drift {
  entity: string
  localId: string
  /** `new`: no link yet. `gone`, `back`: the row left or returned. `untold`: its mark was lost. */
  kind: "new" | "changed" | "gone" | "back" | "untold"
  /** Names of the fields that differ. */
  fields: string[]
}

export interface SweepOptions {
  /** Which of these rows without a link are news? Those that were there before the sync are not, until a backfill. */
  newAmong: (entity: string, localIds: string[]) => Promise<string[]>
  /** Called between two pages: lets the process do its own work first. `false` ends the sweep. */
  rest: (tookMs: number) => Promise<boolean>
  /** Called with all records that changed, before they are marked. */
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
    for (const [kind, group] of groupBy(drifts, ({ entity }) => entity))
      for (let at = 0; at < group.length; at += SIZES.page) {
        const ids = group.slice(at, at + SIZES.page).map(({ localId }) => localId)
        await ports.transaction({ own: true }, ({ marks }) => marks.add(kind, ids))
        marked += ids.length
      }
  }
  const took = async ({ entity, drifts, apart }: Seen): Promise<void> => {
    // Whether so many are meant is known, and asked about once, when all have been seen.
    changed.push(...drifts.filter(({ kind }) => kind === "changed"))
    await mark(drifts.filter(({ kind }) => kind !== "changed"))
    if (apart.length > 0) await askForPlaces(ports, entity, apart)
  }
  if (!(await walk(ports, options, took))) return marked
  await options.before?.(changed)
  await mark(changed)
  return marked
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

/** Walks all records like a sweep. @param found - called with each page's findings. */
export async function findDrift(
  ports: HostPorts,
  options: SweepOptions,
  found: (drifts: Drift[]) => unknown,
): Promise<void> {
  await walk(ports, options, ({ drifts }) => {
    found(drifts)
    return Promise.resolve()
  })
}

/** One page of a kind. */
interface Seen {
  entity: EntityDefinition
  drifts: Drift[]
  apart: Page["apart"]
}

/** @returns whether all were walked. */
async function walk(
  ports: HostPorts,
  { newAmong, rest }: SweepOptions,
  took: (seen: Seen) => Promise<void>,
): Promise<boolean> {
  for (const entity of ports.config.entities.values()) {
    for (const look of [lookAtRows, lookAtLinks]) {
      let after: string | null = null
      do {
        const startedAt = ports.now().getTime()
        const from: string | null = after
        const page: Page = await ports.transaction({ own: true }, (tx) => look(tx, entity, from))
        const added = page.unlinked.length > 0 ? await newAmong(entity.name, page.unlinked) : []
        const drifts = [...page.drifts, ...added.map((localId) => driftOf(entity, localId, "new"))]
        after = page.next
        await took({ entity, drifts, apart: page.apart })
        if (!(await rest(ports.now().getTime() - startedAt))) return false
      } while (after !== null)
    }
  }
  return true
}

interface Page {
  drifts: Drift[]
  /** Rows without a link. */
  unlinked: string[]
  /** Records whose places the peer has to be asked about. */
  apart: { link: Link; places: string[] }[]
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
    next: ids.length < SIZES.page ? null : (ids.at(-1) ?? null),
  }
}

/** @returns those that the peer has to be asked about. */
async function lookAtPlaces(tx: HostTransaction, entity: EntityDefinition, found: Link[]): Promise<Page["apart"]> {
  const apart = found
    .filter(({ peerId, state }) => peerId !== null && state !== "unlinked")
    .flatMap((link) => {
      const places = placesApart(entity, link)
      return places.length > 0 ? [{ link, places }] : []
    })
  const isArchived = ({ standing }: Link): boolean => standing === "archived"
  const archived = apart.flatMap(({ link }) => (isArchived(link) ? [link.localId] : [])).sort()
  if (archived.length > 0) {
    const links = (await tx.links.lock(entity.name, archived)).filter(isArchived)
    const rows = await tx.documents.read(entity.name, archived)
    const noted = links.map((link) => asArchived(entity, link, rows.get(link.localId)?.fields ?? {}))
    await tx.links.save(
      entity.name,
      noted.filter((link, i) => link !== links[i]),
    )
  }
  return apart.filter(({ link }) => isAlive(link))
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
