import { fingerprint } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Side } from "../document/value.ts"
import { scopeOf, SyncError, whereFrom } from "../errors.ts"
import { isOutlived, type Link } from "../link/link.ts"
import { mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import { NO_ROW, type HostPorts, type HostTransaction, type HostSelf } from "../ports.ts"
import { belongsNowhere } from "../record/capture.ts"
import { inPieces, newPatience } from "../in-pieces.ts"
import type { SeenRow } from "../record/lost.ts"
import { carryParts } from "../family/parts.ts"

/** What this host does to its row when it asks a record back: a mark of the archive that the peer has no place for is taken off. */
export interface AskedBack {
  link: Link
  uncovered: { field: string; value: CanonicalValue } | null
}

/** Can the peer be told with which value a record is archived here? */
function tellsArchive({ archive, fields }: EntityDefinition, side: Side): boolean {
  const field = archive && fields.get(archive.field)
  const peer = otherSide(side)
  return !!field && field[peer] !== null && mayReceive(field, peer)
}

/**
 * Somebody asks for what this host kept when the peer deleted it: the peer is told that it lives, with what is here. What is
 * shown as archived by a value that both sides have comes back with that value, so that nothing is on sale by itself. A part
 * that somebody has taken out of its whole since has nothing to come back to.
 */
export function askedBack(entity: EntityDefinition, side: Side, link: Link, row: SeenRow): AskedBack {
  if (!isOutlived(link) || !row.present || belongsNowhere(entity, row)) return { link, uncovered: null }
  const rev = link.rev + 1
  const back: Link = {
    ...link,
    standing: "alive",
    snapshot: null,
    rev,
    aliveRev: rev,
    state: "active",
    reason: null,
    attempts: 0,
  }
  const { archive } = entity
  const shown = archive && link.fields[archive.field]
  if (link.standing !== "archived" || !archive || !shown) return { link: back, uncovered: null }
  const { field } = archive
  if (tellsArchive(entity, side))
    return { link: { ...back, fields: { ...link.fields, [field]: { fp: shown.fp, r: rev } } }, uncovered: null }
  const value = link.snapshot?.[field] ?? (archive[side] === true ? false : null)
  const fields = { ...link.fields, [field]: { fp: fingerprint(value), r: 0 } }
  return { link: { ...back, fields }, uncovered: { field, value } }
}

/** The row as it is when {@link askedBack} has been carried out. */
export const uncoveredRow = (row: SeenRow, { uncovered }: Pick<AskedBack, "uncovered">): SeenRow =>
  uncovered && row.fields ? { ...row, fields: { ...row.fields, [uncovered.field]: uncovered.value } } : row

/** Asks records back, and with each its parts. @returns the ids of those that were kept. */
export async function askBack(ports: HostSelf, tx: HostTransaction, kind: string, ids: string[]): Promise<string[]> {
  const entity = ports.config.entities.get(kind)
  const kept = entity ? (await tx.links.find(kind, ids)).filter(isOutlived).map(({ localId }) => localId) : []
  if (!entity || kept.length === 0) return []
  const sorted = kept.sort()
  await tx.documents.lock(kind, sorted)
  const rows = await tx.documents.read(kind, sorted)
  const asked = (await tx.links.lock(kind, sorted)).flatMap((link): AskedBack[] => {
    const back = askedBack(entity, ports.side, link, rows.get(link.localId) ?? NO_ROW)
    return back.link === link ? [] : [back]
  })
  await tx.links.save(kind, await uncover(tx, entity, asked))
  const turned = asked.map(({ link }) => ({ link, told: true }))
  await carryParts(ports.config, ports.side, tx, kind, turned)
  return asked.map(({ link }) => link.localId)
}

async function uncover(tx: HostTransaction, entity: EntityDefinition, asked: AskedBack[]): Promise<Link[]> {
  const covered = asked.filter(({ uncovered }) => uncovered !== null)
  const ids = covered.map(({ link }) => link.localId)
  const before = await tx.documents.read(entity.name, ids)
  await tx.documents.write(
    entity.name,
    covered.map(({ link: { localId, peerId }, uncovered }) => ({
      kind: "update",
      localId,
      peerId: peerId ?? "",
      fields: uncovered ? { [uncovered.field]: uncovered.value } : {},
      current: before.get(localId)?.fields ?? {},
    })),
  )
  const rows = await tx.documents.read(entity.name, ids)
  return asked.map(({ link, uncovered }) => {
    const row = rows.get(link.localId)?.fields
    if (!uncovered || !row) return link
    const { field } = uncovered
    return { ...link, fields: { ...link.fields, [field]: { fp: fingerprint(row[field] ?? null), r: 0 } } }
  })
}

/**
 * Asks many back, behind whatever else is to be told. One that the host lets nobody change stays as it is, and so keeps none
 * of the others.
 *
 * @param publish - what comes back is on sale again where it was.
 * @returns the ids of those that come back.
 * @throws what is no record's fault, and that one is busy: the page is asked for again.
 */
export async function askAllBack(ports: HostPorts, kind: string, ids: string[], publish = false): Promise<string[]> {
  const links = await ports.transaction((tx) => tx.links.find(kind, ids))
  const kept = links.filter(isOutlived).map(({ localId }) => localId)
  if (kept.length === 0) return []
  const back: string[] = []
  let busy: unknown
  const work = async (some: string[]): Promise<void> => {
    const asked = await ports.transaction(async (tx) => {
      const ids = await askBack(ports, tx, kind, some)
      await tx.marks.addLater(kind, ids, publish)
      return ids
    })
    back.push(...asked)
  }
  await inPieces(ports, kept, newPatience(), work, (id, error) => {
    if (scopeOf(error) !== "record" || (error instanceof SyncError && error.retryable)) busy ??= error
    else ports.log.warn(`The ${kind} ${id} could not be asked back: ${whereFrom(error)}`)
    return Promise.resolve()
  })
  if (busy !== undefined) throw busy
  return back
}
