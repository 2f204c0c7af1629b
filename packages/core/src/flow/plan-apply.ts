import { fingerprint } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Document } from "../document/value.ts"
import {
  emptyLink,
  isAlive,
  isTombstone,
  leapOver,
  revOfEdit,
  tombstoneOf,
  UNANNOUNCED,
  type FieldState,
  type Link,
} from "../link/link.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict, DocumentWrite } from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { answer, type ApplyContext } from "./apply-context.ts"
import { agreedPlaces } from "./apart.ts"
import { answersMeanwhile } from "./answers.ts"
import { capture } from "./capture.ts"
import { meant, type SeenRow } from "./lost.ts"
import { mergeAliveness, type AliveVerdict } from "./merge-aliveness.ts"
import { conflictOf, isMapped, mergeFields } from "./merge-fields.ts"

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
  const mine: Link = { ...before, ...UNANNOUNCED, peerId: record.id, seen, acked }
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
  const policy = isPlaceholder(entity, context, mine, current) ? "propagate" : entity.deletes[context.side]
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
    seenBefore: seen,
  }
  return { kind: "write", write: writeFor(entity, context, draft, merge.patch, current, row.present), draft }
}

/** Did the peer make it so that there is one, and has nobody here typed anything into it? */
function isPlaceholder(
  entity: EntityDefinition,
  { side }: ApplyContext,
  { aliveRev, fields }: Link,
  current: Document,
): boolean {
  const { placeholder } = entity
  if (!placeholder || aliveRev > 0) return false
  const isTyped = (name: string, { r }: FieldState): boolean =>
    r > 0 && (fieldOf(entity, name)?.[otherSide(side)] ?? null) !== null
  return (
    Object.entries(placeholder).every(([name, value]) => fingerprint(current[name] ?? null) === fingerprint(value)) &&
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
    if (!entity.archive) return update(patch)
    draft.taken.add(entity.archive.field)
    return update({ ...patch, [entity.archive.field]: entity.archive[side] ?? null })
  }
  if (verdict.kind === "remove") {
    draft.snapshot = whole
    return { kind: "remove", localId }
  }
  if (verdict.kind === "revive") {
    const uncovered =
      entity.archive && link.standing !== "ignored"
        ? { [entity.archive.field]: underArchive(entity.archive.field, context, draft, whole) }
        : {}
    const values = { ...whole, ...uncovered }
    draft.restored = new Set(Object.keys(values))
    if (present) return update({ ...patch, ...uncovered })
    return { kind: "create", localId: isTombstone(localId) ? null : localId, peerId, fields: values }
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
  const fields = Object.fromEntries(mapped.map(([name, [value]]) => [name, value]))
  const draft: Draft = {
    record,
    link,
    verdict: { kind: "revive", assert: false },
    taken: new Set(Object.keys(fields)),
    restored: new Set(),
    snapshot: null,
    conflicts: [],
    skipped: Object.keys(record.fields).filter((name) => !isMapped(entity, name, context.side)),
    met: [],
    seenBefore: 0,
  }
  return {
    kind: "write",
    write: {
      kind: "create",
      localId: known && !isTombstone(known.localId) ? known.localId : null,
      peerId: record.id,
      fields,
    },
    draft,
  }
}
