import { SyncError } from "../errors.ts"
import { groupBy } from "../group-by.ts"
import { askAllBack, askBack } from "./ask-back.ts"
import { otherSide } from "../document/value.ts"
import { isSilent } from "../guard/pause.ts"
import { askAboutRecords, askForPlaces } from "./ask-places.ts"
import type { Cursor, DriftReport, RepairWishes } from "../operate/job.ts"
import { isAlive, isTombstone, tellAgain, type Link } from "../link/link.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, HostTransaction, HostDatabase, HostSelf } from "../ports.ts"
import { released } from "../record/release.ts"
import { changePage, repairLinks, type RepairReport } from "./run-repair.ts"
import { cursorAt, driftsIn, markDrifts, type Seen } from "./sweep.ts"
import { SIZES } from "../sizes.ts"

export interface RepairRequest extends Pick<RepairWishes, "thisSideWins"> {
  records: { entity: string; id: string }[]
}

/**
 * Compares all links with the peer's now.
 *
 * @throws SyncError that says why it cannot be done.
 */
export async function compareLinks(ports: HostPorts): Promise<RepairReport> {
  const control = await ports.readControl()
  const { paused, repair } = control
  if (paused && isSilent(control)) throw new SyncError(paused.code, paused.message)
  if (repair)
    throw new SyncError("restored", "All links are being compared after a restore. Ask again in a minute.", {
      retryable: true,
    })
  const report = await repairLinks(ports)
  if (report) return report
  throw new SyncError(
    "peer_unreachable",
    `${otherSide(ports.side)} did not answer the comparison. The status says why.`,
    { retryable: true },
  )
}

/** Of all drifts so many are listed at most. */
const LISTED = 1_000

export const addDrifts = ({ count, drifts, waiting }: DriftReport, seen: Seen): DriftReport => {
  const found = driftsIn(seen)
  return {
    count: count + found.drifts.length,
    drifts: [...drifts, ...found.drifts.slice(0, Math.max(0, LISTED - drifts.length))],
    // What a version before has begun to count.
    waiting: ((waiting as number | undefined) ?? 0) + found.waiting.length,
  }
}

/** Marks all that a page has shown, and asks for what is apart: a person has asked for it. @returns of how many records. */
export async function markPage(ports: HostPorts, { entity, drifts, waiting, apart }: Seen): Promise<number> {
  const changed = [...drifts, ...waiting]
  const marked = new Set(changed.map(({ localId }) => localId))
  await markDrifts(ports, changed)
  const [also, alone] = [true, false].map((is) => apart.filter(({ link }) => marked.has(link.localId) === is))
  await askForPlaces(ports, entity, also ?? [])
  return marked.size + (await askForPlaces(ports, entity, alone ?? []))
}

/** Of one page of links: what the peer has heard of is told again, with all of its fields. */
export async function tellAllAgain(
  ports: HostPorts,
  { kind, after }: Cursor,
): Promise<{ told: number; links: number; next: Cursor | null }> {
  const { next, ...page } = await changePage(ports, kind, after, againBy(ports), true)
  const kinds = [...ports.config.entities.keys()]
  return { ...page, next: next === null ? cursorAt(kinds[kinds.indexOf(kind) + 1]) : cursorAt(kind, next) }
}

const againBy =
  (ports: HostSelf & HostDatabase) =>
  (link: Link, entity: EntityDefinition): Link =>
    isTold(link) ? toldAgain(ports, entity, link) : link

/**
 * Marks the records that are named, with `thisSideWins` after giving each field a new rev. What the peer has deleted and this
 * host has kept comes back there, and the peer is asked for what stands in new places. A name that neither a row nor a link has is passed over.
 *
 * @returns how many records were marked.
 */
export async function repairRecords(
  ports: HostPorts,
  { records: named, thisSideWins = false }: RepairRequest,
): Promise<number> {
  const again = againBy(ports)
  let marked = 0
  for (const [name, records] of groupBy(named, ({ entity }) => entity)) {
    const entity = ports.config.entities.get(name)
    if (!entity) continue
    const asked = [...new Set(records.map(({ id }) => id))].sort()
    await ports.transaction(async (tx) => {
      await askBack(ports, tx, name, asked)
      const links = await (thisSideWins ? tx.links.lock(name, asked) : tx.links.find(name, asked))
      if (thisSideWins)
        await tx.links.save(
          name,
          links.filter(isTold).map((link) => again(link, entity)),
        )
      const ids = await knownOf(tx, name, asked, links)
      await tx.marks.add(name, ids)
      marked += ids.length
    })
    await askAboutRecords(ports, name, asked)
  }
  return marked
}

/** Of one kind, what the peer has deleted and this host has kept. @returns how many records come back there. */
export async function bringBack(ports: HostPorts, kind: string): Promise<number> {
  let back = 0
  for (let after: string | null | undefined; after !== null;) {
    const from: string | null = after ?? null
    const ids: string[] = await ports.transaction(({ links }) => links.page(kind, from, SIZES.page))
    back += (await askAllBack(ports, kind, ids)).length
    after = ids.length < SIZES.page ? null : (ids.at(-1) ?? null)
  }
  return back
}

/** A record that is gone has its link still, and a new one has none yet. */
async function knownOf(tx: HostTransaction, name: string, asked: string[], links: Link[]): Promise<string[]> {
  const linked = new Set(links.map(({ localId }) => localId))
  const others = asked.filter((id) => !linked.has(id))
  const present = others.length > 0 ? await tx.documents.present(name, others) : new Set<string>()
  return asked.filter((id) => linked.has(id) || present.has(id))
}

const isTold = (link: Link): boolean =>
  link.peerId !== null && isAlive(link) && link.state !== "unlinked" && !isTombstone(link.localId)

/** A field that the peer owns cannot win. */
function toldAgain({ side }: HostSelf, entity: EntityDefinition, link: Link): Link {
  const isOurs = (name: string): boolean => {
    const field = fieldOf(entity, name)
    return field !== undefined && mayReceive(field, otherSide(side))
  }
  return { ...tellAgain(released(entity, side, link), link.acked, isOurs), state: "active", reason: null, attempts: 0 }
}
