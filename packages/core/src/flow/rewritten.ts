import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { otherSide, type Document, type Side } from "../document/value.ts"
import { isAlive, isTombstone, UNANNOUNCED, underRev, type Link } from "../link/link.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { HostRow, HostTransaction, MatchKey } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { parentIn } from "./capture.ts"
import { groupBy } from "./group-by.ts"
import { parentKind } from "./parts.ts"
import { keyText, matchKeyOf } from "./match-key.ts"
import type { FieldMerge } from "./merge-fields.ts"

interface Fresh {
  localId: string
  document: Document
  key: MatchKey
  parentId: string
}

/** Can a new row take its place? Its end is not known on the other side yet. */
const mayMove = ({ localId, peerId, state, standing, aliveRev, acked }: Link): boolean =>
  peerId !== null &&
  state !== "unlinked" &&
  !isTombstone(localId) &&
  (standing === "alive" || (standing === "gone" && aliveRev > acked))

/**
 * An import writes the parts of a record anew: their rows go, and others come under the same keys. To people they are the
 * same parts, so the link of a row that went moves to the one that came, and the peer hears of no end.
 *
 * @param links - of the leased records, locked; those that move are put in the place of those that went.
 */
export async function moveRewritten(
  tx: HostTransaction,
  entity: EntityDefinition,
  links: Map<string, Link>,
  rows: ReadonlyMap<string, HostRow>,
): Promise<void> {
  const fresh = freshParts(entity, links, rows)
  if (fresh.length === 0) return
  const parents = await telling(tx, entity, [...new Set(fresh.map(({ parentId }) => parentId))].sort())
  const siblings = (await tx.links.findByParent(entity.name, parents)).filter(mayMove)
  if (siblings.length === 0) return
  const ids = siblings.map(({ localId }) => localId).sort()
  const there = await tx.documents.present(entity.name, ids)
  const gone = ids.filter((id) => !there.has(id))
  const left = groupBy((await tx.links.lock(entity.name, gone)).filter(mayMove), ({ parentId }) => parentId ?? "")
  const moved: Link[] = []
  for (const part of fresh) {
    const among = left.get(part.parentId) ?? []
    const before = likest(among, part)
    if (!before) continue
    among.splice(among.indexOf(before), 1)
    links.delete(before.localId)
    const after = movedTo(before, part)
    links.set(part.localId, after)
    moved.push(after)
    await tx.links.remove(entity.name, [before.localId])
  }
  await tx.links.save(entity.name, moved)
}

/** Of these parents those whose parts are told of. */
async function telling(tx: HostTransaction, entity: EntityDefinition, ids: string[]): Promise<string[]> {
  const kind = parentKind(entity)
  if (kind === undefined) return []
  const links = await tx.links.find(kind, ids)
  return links.filter((link) => isAlive(link) && link.state !== "unlinked").map(({ localId }) => localId)
}

function freshParts(
  entity: EntityDefinition,
  links: ReadonlyMap<string, Link>,
  rows: ReadonlyMap<string, HostRow>,
): Fresh[] {
  if (entity.parent === null || entity.matchKeys.length === 0) return []
  const fresh: Fresh[] = []
  for (const [localId, { present, fields }] of rows) {
    if (!present || !fields || links.has(localId)) continue
    const key = matchKeyOf(entity, fields)
    const parentId = parentIn(entity, fields)
    if (key && parentId !== null) fresh.push({ localId, document: fields, key, parentId })
  }
  return fresh
}

/** Of those that held the same key, the one that has most in common: two pictures may have one address. */
function likest(links: readonly Link[], { document, key }: Fresh): Link | undefined {
  const same = ({ fields }: Link, name: string): boolean => fields[name]?.fp === fingerprint(document[name] ?? null)
  const inCommon = (link: Link): number => Object.keys(document).filter((name) => same(link, name)).length
  const holders = links.filter((link) => same(link, key.field))
  return holders.sort((a, b) => inCommon(b) - inCommon(a))[0]
}

/** It is announced once more, and names its peer. What the new row leaves empty the peer may still have. */
function movedTo(link: Link, { localId, document, key }: Fresh): Link {
  const rev = link.rev + 1
  const fields = Object.fromEntries(Object.entries(link.fields).filter(([name]) => (document[name] ?? null) !== null))
  return {
    ...link,
    ...UNANNOUNCED,
    localId,
    fields,
    rev,
    announced: keyText(key),
    standing: "alive",
    aliveRev: rev,
    snapshot: null,
    state: "active",
    heldBack: false,
    reason: null,
    attempts: 0,
  }
}

/** Does the sender say that another of its records is this one from now on? */
export const isMovedHere = (link: Link, record: WireRecord): boolean =>
  record.full && record.peer === link.localId && link.peerId !== null && link.peerId !== record.id

/**
 * The row that came leaves empty what its author did not give, and holds what he took from this side before this side changed
 * it: that is told, or taken where only the sender may say.
 */
export function fillMoved(entity: EntityDefinition, side: Side, record: WireRecord, merge: FieldMerge): void {
  const rev = merge.rev + 1
  const decided = new Set([...merge.taken, ...merge.conflicts.map(({ field }) => field)])
  for (const [name, state] of Object.entries(merge.fields)) {
    const field = fieldOf(entity, name)
    const value = record.fields[name]?.[0] ?? null
    if (decided.has(name) || fingerprint(value) === state.fp || !field || field[otherSide(side)] === null) continue
    if (!mayReceive(field, otherSide(side))) {
      merge.patch[name] = value
      merge.taken.add(name)
    } else if (state.fp !== NULL_FINGERPRINT) {
      merge.fields[name] = underRev(state, rev)
      merge.rev = rev
    }
  }
}

/** An end that may be the beginning of another row: of a part that is found by its key, seen for the first time. */
export const mayBeRewritten = (entity: EntityDefinition, before: Link | null, after: Link): boolean =>
  entity.parent !== null &&
  entity.matchKeys.length > 0 &&
  before !== null &&
  before.peerId !== null &&
  isAlive(before) &&
  after.standing === "gone"
