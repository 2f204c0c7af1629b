import { fingerprint } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Document } from "../document/value.ts"
import {
  asUntold,
  emptyLink,
  isAlive,
  isAnnounced,
  isTombstone,
  leapOver,
  revOfEdit,
  tombstoneOf,
  UNANNOUNCED,
  type FieldState,
  type Link,
} from "../link/link.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { fieldOf, isPlaceholder, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict, DocumentWrite } from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { answer, type ApplyContext } from "./apply-context.ts"
import { agreedPlaces, isApart, isLeftOut, isUntouched } from "../record/apart.ts"
import { answersMeanwhile } from "../record/answers.ts"
import { capture } from "../record/capture.ts"
import { meant, type SeenRow } from "../record/lost.ts"
import { waitingThere, withheldIn } from "../record/release.ts"
import { mergeAliveness, type AliveVerdict } from "./merge-aliveness.ts"
import { isMapped, mergeFields } from "./merge-fields.ts"
import { conflictOf } from "../record/conflict.ts"

/** What an apply has decided and the link as it will be once the host's write has been read back. */
export interface Draft {
  record: WireRecord
  link: Link
  verdict: AliveVerdict
  /** Fields whose stored value is the peer's from now on. */
  taken: Set<string>
  /** Fields that the write sets to a value of our own, out of the snapshot. */
  restored: Set<string>
  /** Values of fields that a row which is gone cannot hold. */
  snapshot: Document | null
  conflicts: Conflict[]
  skipped: string[]
  /** Fields that had no place here before. */
  met: string[]
  /** Values that wait for a release here, or as the peer says there. */
  waiting: Document
  /** What the peer does not know of them yet. */
  unknown: string[]
  /** The peer's rev that was incorporated before. */
  seenBefore: number
}

export type ApplyPlan =
  | { kind: "answer"; result: RecordResult; link: Link | null }
  | { kind: "write"; write: DocumentWrite | null; draft: Draft }

/**
 * Decides what one incoming record does here. Pure: the time and the ids are arguments.
 *
 * @param link - the link of the matched record as it is locked now; `null` when the record is not linked yet.
 * @param localId - the matched record; `null` when it has to be created.
 * @param row - the matched record's row, read under the lock.
 */
export function planApply(
  entity: EntityDefinition,
  context: ApplyContext,
  record: WireRecord,
  link: Link | null,
  localId: string | null,
  row: SeenRow,
): ApplyPlan {
  // The peer has seen revs that we have not given out: our database was restored. What changes from now on must be newer.
  const restored = link !== null && link.peerId === record.id && record.seen > link.rev
  const known = restored ? leapOver(link, record.seen) : link
  const captured =
    localId === null ? null : capture(entity, known, localId, row, context.base, answersMeanwhile(context, known))
  if (!captured) return planNew(entity, context, record)

  const before = captured.link
  const fresh = before.peerId !== record.id
  // One without a peer may know how much of this one was heard before.
  const seen = fresh && before.peerId !== null ? 0 : before.seen
  const confirmed = Math.min(record.seen, before.rev)
  const acked = fresh ? (record.peer === before.localId ? confirmed : 0) : Math.max(before.acked, confirmed)
  // Another record there may have heard of it by the announcement that crossed this: for the new pair all of it is news.
  const isCrossed = fresh && record.peer === null && isAnnounced(before)
  const mine: Link = { ...(isCrossed ? asUntold(before) : before), ...UNANNOUNCED, peerId: record.id, seen, acked }
  if (mine.state === "unlinked")
    return { kind: "answer", result: answer("ok", mine, record.rev), link: { ...mine, seen: record.rev } }
  if (record.rev <= seen) return { kind: "answer", result: answer("stale", mine, seen), link: mine }

  // Purged, or never here: the peer tells it all, and it is made anew under its old link.
  if (record.alive && !row.present && !row.fields && (!mine.snapshot || isTombstone(mine.localId))) {
    return record.full
      ? planNew(entity, context, record, mine)
      : { kind: "answer", result: { st: "need_full", ack: 0, peer: null, rev: 0 }, link: mine }
  }

  const current = (row.present ? row.fields : lastValues(mine, row)) ?? {}
  const merge = mergeFields(entity, context, mine, record, current)
  const policy = isPristine(entity, context, mine, current) ? "propagate" : entity.deletes[context.side]
  const verdict = mergeAliveness(policy, mine, record, merge.news)
  const draft: Draft = {
    record,
    link: { ...mine, rev: merge.rev, fields: merge.fields },
    verdict,
    taken: merge.taken,
    restored: new Set(),
    snapshot: null,
    conflicts: merge.conflicts,
    skipped: merge.skipped,
    met: merge.met,
    waiting: waitingThere(entity, context.side, record),
    unknown: [],
    seenBefore: seen,
  }
  return { kind: "write", write: writeFor(entity, context, draft, merge.patch, current, row.present), draft }
}

/** Did the peer make it so that there is one, and has nobody here typed anything into it? */
function isPristine(
  entity: EntityDefinition,
  { side }: ApplyContext,
  { aliveRev, fields }: Link,
  current: Document,
): boolean {
  const isTyped = (name: string, { r }: FieldState): boolean =>
    r > 0 && (fieldOf(entity, name)?.[otherSide(side)] ?? null) !== null
  return (
    aliveRev === 0 &&
    isPlaceholder(entity, current) &&
    !Object.entries(fields).some(([name, state]) => isTyped(name, state))
  )
}

/** What a row that is gone held, with what it had lost before that is back. */
function lastValues({ fields, snapshot }: Link, row: SeenRow): Document | null {
  const known = snapshot ?? row.fields
  if (!known || !row.returned) return known
  const returned = row.returned.map((name) => [name, meant(name, fields[name] ?? { fp: "", r: 0 }, null)])
  return { ...known, ...(Object.fromEntries(returned) as Document) }
}

/** The host write that a verdict asks for; what a record that is not there cannot hold goes to its snapshot. */
function writeFor(
  entity: EntityDefinition,
  context: ApplyContext,
  draft: Draft,
  patch: Document,
  current: Document,
  present: boolean,
): DocumentWrite | null {
  const { link, verdict } = draft
  const { side } = context
  const { localId } = link
  const peerId = draft.record.id
  const whole = { ...current, ...patch }
  const update = (fields: Document): DocumentWrite | null =>
    Object.keys(fields).length > 0 ? { kind: "update", localId, peerId, fields, current } : null
  if (verdict.kind === "archive") {
    draft.snapshot = whole
    if (!entity.archive || isLeftOut(entity, entity.archive.field)) return update(patch)
    const { field } = entity.archive
    const shown = entity.archive[side] ?? null
    const losingValue = whole[field] ?? null
    // Typed into a column that is new: nobody else has heard of it, and the peer may bring the record back with another one.
    if (isApart(entity, link, field) && !isUntouched(entity, field, losingValue)) {
      const lost = {
        field,
        kind: "concurrent",
        losingSide: side,
        losingValue,
        rev: 0,
        winner: fingerprint(shown),
      } as const
      draft.conflicts.push(conflictOf(context, link, peerId, lost))
    }
    draft.taken.add(field)
    return update({ ...patch, [field]: shown })
  }
  if (verdict.kind === "remove") {
    draft.snapshot = whole
    return { kind: "remove", localId }
  }
  if (verdict.kind === "revive") {
    const uncovered =
      entity.archive && link.standing !== "ignored" && !isLeftOut(entity, entity.archive.field)
        ? { [entity.archive.field]: underArchive(entity.archive.field, context, draft, whole) }
        : {}
    const values = { ...whole, ...uncovered }
    draft.restored = new Set(Object.keys(values))
    const shown = present ? { ...patch, ...uncovered } : values
    const withheld = withheldIn(entity, side, draft.record, shown, draft.seenBefore)
    draft.waiting = { ...draft.waiting, ...withheld.values }
    draft.unknown = withheld.unknown
    // The shop's own value counts there, and is no edit of the peer's that loses.
    for (const name in withheld.fields) if (!(name in withheld.values)) draft.taken.delete(name)
    if (present) return update({ ...shown, ...withheld.fields })
    const fields = { ...values, ...withheld.fields }
    return { kind: "create", localId: isTombstone(localId) ? null : localId, peerId, fields }
  }
  if (isAlive(link)) return update(patch)
  draft.snapshot = { ...link.snapshot, ...patch }
  return null
}

/** Out of the archive: what the peer says now, or else what the archive covered. */
function underArchive(field: string, context: ApplyContext, draft: Draft, whole: Document): CanonicalValue {
  const { record, link, taken, conflicts } = draft
  const told = record.fields[field]
  if (taken.has(field)) return told?.[0] ?? null
  const covered = (link.snapshot ?? whole)[field] ?? null
  if (
    told &&
    fingerprint(told[0]) !== fingerprint(covered) &&
    !conflicts.some((conflict) => conflict.field === field)
  ) {
    const [losingValue, r, , e] = told
    const rev = revOfEdit({ r, e })
    const losingSide = otherSide(context.side)
    const winner = fingerprint(covered)
    conflicts.push(
      conflictOf(context, link, record.id, { field, kind: "concurrent", losingSide, losingValue, rev, winner }),
    )
  }
  return covered
}

/** A record that nobody here knows: make it, or leave a tombstone when all we hear of it is its end. */
function planNew(entity: EntityDefinition, context: ApplyContext, record: WireRecord, known?: Link): ApplyPlan {
  if (!record.alive) {
    const metadata = generateSyncMetadata(otherSide(context.side), context.now, context.syncId)
    const link: Link = { ...tombstoneOf(entity.name, record.id, record.rev), ...metadata }
    return { kind: "answer", result: answer("ok", link, record.rev), link }
  }
  const link: Link = known
    ? { ...known, fields: {}, aliveRev: 0, places: agreedPlaces(entity) }
    : { ...emptyLink(entity.name, ""), peerId: record.id, rev: context.base, places: agreedPlaces(entity) }
  const mapped = Object.entries(record.fields).filter(([name]) => isMapped(entity, name, context.side))
  const told = Object.fromEntries(mapped.map(([name, [value]]) => [name, value]))
  const withheld = withheldIn(entity, context.side, record, told, known ? known.seen : null)
  const isOurs = (name: string): boolean => name in withheld.fields && !(name in withheld.values)
  const draft: Draft = {
    record,
    link,
    verdict: { kind: "revive", assert: false },
    taken: new Set(Object.keys(told).filter((name) => !isOurs(name))),
    restored: new Set(),
    snapshot: null,
    conflicts: [],
    skipped: Object.keys(record.fields).filter((name) => !isMapped(entity, name, context.side)),
    met: [],
    waiting: withheld.values,
    unknown: withheld.unknown,
    seenBefore: 0,
  }
  return {
    kind: "write",
    write: {
      kind: "create",
      localId: known && !isTombstone(known.localId) ? known.localId : null,
      peerId: record.id,
      fields: { ...told, ...withheld.fields },
    },
    draft,
  }
}
