import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember } from "../document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { revOfEdit, underRev, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, hasMembers, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import type { ApplyContext } from "./apply-context.ts"
import { meant } from "./lost.ts"

/** Both hosts give one conflict the same id, so whoever joins their inboxes sees it once. */
function conflictId(
  { side, theirName, epochs }: ApplyContext,
  link: Link,
  { field: name, losingSide, losingValue, rev }: Lost,
): string {
  const field = side === "medusa" ? name : (theirName?.(name) ?? name)
  const medusaId = side === "medusa" ? link.localId : (link.peerId ?? "")
  const directusId = side === "directus" ? link.localId : (link.peerId ?? "")
  // A value of the other side that was told back to it: nobody here has typed it, so it has no rev of its own.
  const edit = rev === 0 ? fingerprint(losingValue) : rev
  return fingerprint([link.entity, medusaId, directusId, field, losingSide, edit, epochs[losingSide]])
}

export interface Lost extends Pick<Conflict, "field" | "kind" | "losingSide" | "losingValue"> {
  /** The losing side's rev of the edit; see `revOfEdit`. */
  rev: number
  /** The fingerprint of the value that stays, at the host that stores the conflict. */
  winner: string
}

export function conflictOf(context: ApplyContext, link: Link, peerId: string, lost: Lost): Conflict {
  const { rev: _, winner, ...what } = lost
  return {
    ...what,
    id: conflictId(context, link, lost),
    entity: link.entity,
    localId: link.localId,
    peerId,
    winningFingerprint: winner,
    at: context.now.toISOString(),
  }
}

export function isMapped(entity: EntityDefinition, name: string, side: Side): boolean {
  const field = fieldOf(entity, name)
  return field !== undefined && field[side] !== null && hasMembers(field) === isMember(name)
}

export interface FieldMerge {
  fields: Record<string, FieldState>
  patch: Document
  taken: Set<string>
  conflicts: Conflict[]
  skipped: string[]
  /** Somebody has edited a field since what we have seen, be it to the value that we have too. */
  news: boolean
  /** The rev after fields that the peer must not change were asserted again. */
  rev: number
}

/**
 * Three-way merge without a stored base. "Had the author of this message seen my change" is `r ≤ message.seen`, so both
 * sides judge one pair of edits alike, however late a message comes.
 */
export function mergeFields(
  entity: EntityDefinition,
  context: ApplyContext,
  link: Link,
  record: WireRecord,
  current: Document,
): FieldMerge {
  const { side } = context
  const merge: FieldMerge = {
    fields: { ...link.fields },
    patch: {},
    taken: new Set(),
    conflicts: [],
    skipped: [],
    news: false,
    rev: link.rev,
  }
  for (const [name, [value, r, h, e]] of Object.entries(record.fields)) {
    const field = fieldOf(entity, name)
    if (!field || !isMapped(entity, name, side)) {
      merge.skipped.push(name) // I9
      continue
    }
    // Sent again only because an ack was lost: it is in here already, perhaps under a later edit.
    if (r <= link.seen) continue
    merge.news = true
    const mine = link.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }
    const unseenByAuthor = mine.r > record.seen
    const lose = (
      losingSide: Side,
      losingValue: CanonicalValue,
      rev: number,
      winner: string,
      kind: Conflict["kind"],
    ): void => {
      merge.conflicts.push(
        conflictOf(context, link, record.id, { field: name, kind, losingSide, losingValue, rev, winner }),
      )
    }
    const said = mine.went === undefined ? mine.fp : fingerprint(meant(name, mine, null))
    if (fingerprint(value) === said) {
      // Both wrote the same. An edit that the peer has not seen stays to be sent: an older value may still be under way.
      if (!unseenByAuthor) merge.taken.add(name)
      if (mine.went !== undefined) merge.patch[name] = value
    } else if (!mayReceive(field, side)) {
      lose(otherSide(side), value, revOfEdit({ r, e }), mine.fp, "read_only")
      if (mine.r <= link.acked) {
        merge.rev = link.rev + 1
        merge.fields[name] = underRev(mine, merge.rev)
      }
    } else if (unseenByAuthor && field.wins === side) {
      lose(otherSide(side), value, revOfEdit({ r, e }), mine.fp, "concurrent")
      // It may be the next answer to what the peer's automation answered: both count as one chain.
      if (h !== undefined && h > 0) merge.fields[name] = { ...mine, h: Math.max(mine.h ?? 0, 1) }
    } else {
      if (unseenByAuthor)
        lose(side, meant(name, mine, current[name] ?? null), revOfEdit(mine), fingerprint(value), "concurrent")
      merge.patch[name] = value
      merge.taken.add(name)
    }
  }
  return merge
}
