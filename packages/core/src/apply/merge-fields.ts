import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember } from "../document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { revOfEdit, underRev, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, hasMembers, mayReceive, type EntityDefinition, type FieldDefinition } from "../mapping/entity.ts"
import { placeOf } from "../mapping/places.ts"
import type { Conflict } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import type { ApplyContext } from "./apply-context.ts"
import { isAnswer, isApart, isLeftOut, isUntouched } from "../record/apart.ts"
import { meant } from "../record/lost.ts"
import { isReleased } from "../record/release.ts"
import { conflictOf } from "../record/conflict.ts"

export function isMapped(entity: EntityDefinition, name: string, side: Side): boolean {
  const field = fieldOf(entity, name)
  return field !== undefined && field[side] !== null && hasMembers(field) === isMember(name) && !isLeftOut(entity, name)
}

export interface FieldMerge {
  fields: Record<string, FieldState>
  patch: Document
  taken: Set<string>
  conflicts: Conflict[]
  skipped: string[]
  /** Somebody has edited a field since what we have seen, be it to the value that we have too. */
  news: boolean
  /** The rev after fields that the peer must not change, or has not heard of, were asserted. */
  rev: number
  /** Fields that had no place here before, and are agreed on now. */
  met: string[]
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
    met: [],
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
    const unseenByAuthor = mine.r > record.seen && !isNobodys(field, mine)
    const lose: Lose = (losingSide, losingValue, rev, winner, kind) => {
      merge.conflicts.push(
        conflictOf(context, link, record.id, { field: name, kind, losingSide, losingValue, rev, winner }),
      )
    }
    if (isApart(entity, link, name)) {
      // Told for the question's sake it comes again, with all that this host has told meanwhile.
      if (!isAnswer(link, record, placeOf(entity, name))) continue
      meetPlace(
        entity,
        field,
        side,
        merge,
        link,
        { name, value, own: current[name] ?? null, edit: revOfEdit({ r, e }) },
        lose,
      )
      continue
    }
    const isPlain = mine.went === undefined && mine.unreleased === undefined
    const said = isPlain ? mine.fp : fingerprint(meant(name, mine, null))
    if (fingerprint(value) === said) {
      // Both wrote the same. An edit that the peer has not seen stays to be sent: an older value may still be under way.
      if (!unseenByAuthor) merge.taken.add(name)
      if (mine.went !== undefined || isReleased(mine, record)) merge.patch[name] = value
    } else if (!mayReceive(field, side)) {
      lose(otherSide(side), value, revOfEdit({ r, e }), mine.fp, "read_only")
      if (mine.r <= link.acked) {
        merge.rev = link.rev + 1
        merge.fields[name] = underRev(mine, merge.rev)
      }
    } else if (unseenByAuthor && isNobodys(field, { fp: fingerprint(value), e })) continue
    else if (unseenByAuthor && field.wins === side) {
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
  endMeeting(entity, merge, link, record, current)
  return merge
}

/** A reference that was the other side's own, and whose record neither side has: it stands against no edit. */
const isNobodys = ({ to }: FieldDefinition, { fp, e }: Pick<FieldState, "fp" | "e">): boolean =>
  to !== undefined && e === 0 && fp === NULL_FINGERPRINT

interface Meeting {
  name: string
  value: CanonicalValue
  own: CanonicalValue
  /** The peer's rev of the edit that `value` is. */
  edit: number
}

type Lose = (losingSide: Side, losingValue: CanonicalValue, rev: number, winner: string, kind: Conflict["kind"]) => void

/** What stands in a place that this host has not always had is told under the next rev. */
function keepOwn(merge: FieldMerge, link: Link, name: string, own: CanonicalValue): void {
  const fp = fingerprint(own)
  const e = editIn(link, name, fp)
  merge.rev = link.rev + 1
  merge.fields[name] = { fp, r: merge.rev, ...(e > 0 ? { e } : {}) }
}

/** The rev of the edit in the place of before that was brought along, by a person or by a record that was made again; 0 = none. */
function editIn({ fields }: Link, name: string, fp: string): number {
  const before = fields[name]
  return before?.fp === fp ? revOfEdit(before) : 0
}

/** As of two records that lived apart: nobody has known the other's value. */
function meetPlace(
  entity: EntityDefinition,
  field: FieldDefinition,
  side: Side,
  merge: FieldMerge,
  link: Link,
  { name, value, own, edit }: Meeting,
  lose: Lose,
): void {
  const peer = otherSide(side)
  const mayTell = mayReceive(field, peer)
  const staysHere = !mayReceive(field, side) || (mayTell && field.wins === side)
  const isTyped = !isUntouched(entity, name, own)
  merge.met.push(name)
  if (fingerprint(value) === fingerprint(own)) merge.taken.add(name)
  else if (mayTell && value === null) keepOwn(merge, link, name, own)
  else if (staysHere && isTyped) {
    lose(peer, value, edit, fingerprint(own), mayReceive(field, side) ? "concurrent" : "read_only")
    keepOwn(merge, link, name, own)
  } else {
    if (isTyped) lose(side, own, editIn(link, name, fingerprint(own)), fingerprint(value), "concurrent")
    merge.patch[name] = value
    merge.taken.add(name)
  }
}

/** The peer has told all that it has for these places: the rest of what stands here is what it does not have. */
function endMeeting(
  entity: EntityDefinition,
  merge: FieldMerge,
  link: Link,
  record: WireRecord,
  current: Document,
): void {
  const ended = Object.keys(link.places ?? {}).filter((place) => isAnswer(link, record, place))
  if (ended.length === 0) return
  for (const name of new Set([...Object.keys(link.fields), ...Object.keys(current)])) {
    if (name in record.fields || !ended.includes(placeOf(entity, name))) continue
    const own = current[name] ?? null
    const isUnderWay = (link.fields[name]?.r ?? 0) > record.seen
    if (own === null && !isUnderWay) Reflect.deleteProperty(merge.fields, name)
    else keepOwn(merge, link, name, own)
  }
}
