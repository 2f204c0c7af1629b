import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember } from "../document/set-members.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { emptyLink, isAlive, isTombstone, needsPush, tombstoneOf, type FieldState, type Link, type Standing } from "../link/link.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict, DocumentWrite, HostRow, JournalEntry } from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { capture } from "./capture.ts"
import { mergeAliveness, type AliveVerdict } from "./merge-aliveness.ts"

/** One edit may be answered by automations this often before the field is left to a person. */
export const MAX_HOPS = 3

/** The arguments of planning that are not data: who we are, and the time and ids of this delivery. */
export interface ApplyContext {
  side: Side
  now: Date
  /** The message's id; it stands in the journals of both hosts. */
  syncId: string
}

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
}

export type ApplyPlan =
  | { kind: "answer"; result: RecordResult; link: Link | null }
  | { kind: "write"; write: DocumentWrite | null; draft: Draft }

const answer = (st: RecordResult["st"], link: Link | null, ack: number): RecordResult => ({
  st,
  ack,
  peer: link && !isTombstone(link.localId) ? link.localId : null,
  rev: link?.rev ?? 0,
})

/** An answer that stops the record until a person acts. The reason names ids, never values. */
export const quarantineAnswer = (code: string, reason: string): RecordResult => ({ st: "quarantined", ack: 0, peer: null, rev: 0, code, reason })

/** Both hosts give one conflict the same id, so whoever joins their inboxes sees it once. */
function conflictId(side: Side, link: Link, field: string, losingSide: Side, losingRev: number): string {
  const medusaId = side === "medusa" ? link.localId : (link.peerId ?? "")
  const directusId = side === "directus" ? link.localId : (link.peerId ?? "")
  return fingerprint([link.entity, medusaId, directusId, field, losingSide, losingRev])
}

function isMapped(entity: EntityDefinition, name: string): boolean {
  const field = fieldOf(entity, name)
  return field !== undefined && (field.type === "set") === isMember(name)
}

interface FieldMerge {
  fields: Record<string, FieldState>
  patch: Document
  taken: Set<string>
  conflicts: Conflict[]
  skipped: string[]
  /** The rev after fields that the peer must not change were asserted again. */
  rev: number
}

/**
 * Three-way merge without a stored base. "Had the author of this message seen my change" is `r ≤ message.seen`, so both
 * sides judge one pair of edits alike, however late a message comes.
 */
function mergeFields(entity: EntityDefinition, context: ApplyContext, link: Link, record: WireRecord, current: Document): FieldMerge {
  const { side } = context
  const merge: FieldMerge = { fields: { ...link.fields }, patch: {}, taken: new Set(), conflicts: [], skipped: [], rev: link.rev }
  for (const [name, [value, r]] of Object.entries(record.fields)) {
    const field = fieldOf(entity, name)
    if (!field || !isMapped(entity, name)) {
      merge.skipped.push(name) // I9
      continue
    }
    // Sent again only because an ack was lost: it is in here already, perhaps under a later edit.
    if (r <= link.seen) continue
    const mine = link.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }
    const unseenByAuthor = mine.r > record.seen
    const lose = (losingSide: Side, losingValue: CanonicalValue, losingRev: number, winningFingerprint: string, kind: Conflict["kind"]): void => {
      merge.conflicts.push({
        id: conflictId(side, link, name, losingSide, losingRev),
        entity: link.entity, localId: link.localId, peerId: record.id,
        field: name, kind, losingSide, losingValue, winningFingerprint,
        at: context.now.toISOString(),
      })
    }
    if (fingerprint(value) === mine.fp) {
      // Both wrote the same. An edit that the peer has not seen stays to be sent: an older value may still be under way.
      if (!unseenByAuthor) merge.taken.add(name)
    } else if (!mayReceive(field, side)) {
      lose(otherSide(side), value, r, mine.fp, "read_only")
      if (mine.r <= link.acked) {
        merge.rev = link.rev + 1
        merge.fields[name] = { fp: mine.fp, r: merge.rev }
      }
    } else if (unseenByAuthor && field.wins === side) {
      lose(otherSide(side), value, r, mine.fp, "concurrent")
    } else {
      if (unseenByAuthor) lose(side, current[name] ?? null, mine.r, fingerprint(value), "concurrent")
      merge.patch[name] = value
      merge.taken.add(name)
    }
  }
  return merge
}

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
  row: HostRow,
): ApplyPlan {
  // The peer has seen revs that we have not given out: our database was restored. What changes from now on must be newer.
  const restored = link !== null && link.peerId === record.id && record.seen > link.rev
  const captured = localId === null ? null : capture(entity, restored ? { ...link, rev: record.seen } : link, localId, row)
  if (!captured) return planNew(entity, context, record)

  const before = captured.link
  const fresh = before.peerId !== record.id
  const seen = fresh ? 0 : before.seen
  const confirmed = Math.min(record.seen, before.rev)
  const acked = fresh ? (record.peer === before.localId ? confirmed : 0) : Math.max(before.acked, confirmed)
  const mine: Link = { ...before, peerId: record.id, announced: null, awaiting: null, promised: null, seen, acked }
  if (mine.state === "unlinked") return { kind: "answer", result: answer("ok", mine, record.rev), link: { ...mine, seen: record.rev } }
  if (record.rev <= seen) return { kind: "answer", result: answer("stale", mine, seen), link: mine }

  // Purged, and nothing of it is left here: the peer tells it all, and it is made anew under its old link.
  if (record.alive && !row.present && !row.fields && !mine.snapshot) {
    return record.full ? planNew(entity, context, record, mine) : { kind: "answer", result: { st: "need_full", ack: 0, peer: null, rev: 0 }, link: mine }
  }

  const current = (row.present ? row.fields : (mine.snapshot ?? row.fields)) ?? {}
  const merge = mergeFields(entity, context, mine, record, current)
  const incoming = merge.taken.size > 0 || merge.conflicts.length > 0
  const verdict = mergeAliveness(entity.deletes[context.side], mine, record, incoming)
  const draft: Draft = {
    record,
    link: { ...mine, rev: merge.rev, fields: merge.fields },
    verdict,
    taken: merge.taken,
    restored: new Set(),
    snapshot: null,
    conflicts: merge.conflicts,
    skipped: merge.skipped,
  }
  return { kind: "write", write: writeFor(entity, context.side, draft, merge.patch, current, row.present), draft }
}

/** The host write that a verdict asks for; what a record that is not there cannot hold goes to its snapshot. */
function writeFor(entity: EntityDefinition, side: Side, draft: Draft, patch: Document, current: Document, present: boolean): DocumentWrite | null {
  const { link, verdict } = draft
  const { localId } = link
  const peerId = draft.record.id
  const { field } = entity.archive
  const whole = { ...current, ...patch }
  const update = (fields: Document): DocumentWrite | null =>
    Object.keys(fields).length > 0 ? { kind: "update", localId, peerId, fields, current } : null
  if (verdict.kind === "archive") {
    draft.snapshot = whole
    draft.taken.add(field)
    return update({ ...patch, [field]: entity.archive[side] })
  }
  if (verdict.kind === "remove") {
    draft.snapshot = whole
    return { kind: "remove", localId }
  }
  if (verdict.kind === "revive") {
    // Out of the archive: what the peer says now, or else what the archive covered.
    const uncovered = draft.taken.has(field) ? (draft.record.fields[field]?.[0] ?? null) : link.snapshot ? (link.snapshot[field] ?? null) : (whole[field] ?? null)
    const values = { ...whole, [field]: uncovered }
    draft.restored = new Set(Object.keys(values))
    if (present) return update({ ...patch, [field]: values[field] ?? null })
    return { kind: "create", localId: isTombstone(localId) ? null : localId, peerId, fields: values }
  }
  if (isAlive(link)) return update(patch)
  draft.snapshot = { ...link.snapshot, ...patch }
  return null
}

/** A record that nobody here knows: make it, or leave a tombstone when all we hear of it is its end. */
function planNew(entity: EntityDefinition, context: ApplyContext, record: WireRecord, known?: Link): ApplyPlan {
  if (!record.alive) {
    const { lastSyncedAt, syncSource, syncId } = generateSyncMetadata(otherSide(context.side), context.now, context.syncId)
    const link: Link = { ...tombstoneOf(entity.name, record.id, record.rev), lastSyncedAt, syncSource, syncId }
    return { kind: "answer", result: answer("ok", link, record.rev), link }
  }
  const link: Link = known ? { ...known, fields: {}, aliveRev: 0 } : { ...emptyLink(entity.name, ""), peerId: record.id }
  const mapped = Object.entries(record.fields).filter(([name]) => isMapped(entity, name))
  const fields = Object.fromEntries(mapped.map(([name, [value]]) => [name, value]))
  const draft: Draft = {
    record, link, verdict: { kind: "revive", assert: false },
    taken: new Set(Object.keys(fields)), restored: new Set(), snapshot: null, conflicts: [],
    skipped: Object.keys(record.fields).filter((name) => !isMapped(entity, name)),
  }
  return { kind: "write", write: { kind: "create", localId: known && !isTombstone(known.localId) ? known.localId : null, peerId: record.id, fields }, draft }
}

export interface Settled {
  link: Link
  result: RecordResult
  conflicts: Conflict[]
  journal: JournalEntry
  /** Something here must still be told to the peer. */
  dirty: boolean
}

/**
 * Completes an apply from what the database holds after the write.
 *
 * @param localId - the id that the host gave, or the one that it had.
 * @param readBack - the row, read again inside the same transaction.
 */
export function settleApply(entity: EntityDefinition, context: ApplyContext, draft: Draft, localId: string, readBack: HostRow): Settled {
  const { record, verdict } = draft
  let link: Link = { ...draft.link, localId }
  const conflicts = draft.conflicts.map((conflict) => ({ ...conflict, localId }))
  let loop: string[] = []

  if (verdict.kind === "reassert" || (verdict.kind === "revive" && verdict.assert)) link = { ...link, rev: link.rev + 1, aliveRev: link.rev + 1 }
  else if (verdict.kind === "unlink") link = { ...link, state: "unlinked", aliveRev: 0 }
  else if (verdict.kind !== "keep") link = { ...link, aliveRev: 0 }

  link.standing = readBack.present ? (STANDING[verdict.kind] ?? link.standing) : "gone"
  const document = readBack.present ? (readBack.fields ?? {}) : (draft.snapshot ?? link.snapshot ?? {})
  link.snapshot = link.standing === "alive" ? null : (draft.snapshot ?? link.snapshot)

  // Read back: a host may have rewritten what we wrote, and its own value is the one to compare with from now on.
  const fields = { ...link.fields }
  const byAutomation: string[] = []
  for (const name of new Set([...Object.keys(document), ...Object.keys(fields), ...draft.taken])) {
    const fp = fingerprint(document[name] ?? null)
    const mine = fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }
    if (draft.taken.has(name)) fields[name] = { fp, r: 0 }
    else if (fp !== mine.fp && (mine.r > link.acked || draft.restored.has(name))) fields[name] = { fp, r: mine.r }
    else if (fp !== mine.fp) {
      byAutomation.push(name)
      fields[name] = { fp, r: mine.r }
    }
    // A member that left is forgotten once the author of a message knows it: every later message does too.
    if (isMember(name) && fields[name]?.fp === NULL_FINGERPRINT && (fields[name]?.r ?? 0) <= record.seen) Reflect.deleteProperty(fields, name)
  }
  if (byAutomation.length > 0 && link.standing !== "gone") {
    const hops = record.hops + 1
    if (hops > MAX_HOPS) {
      loop = byAutomation
      for (const name of loop) {
        const fp = fields[name]?.fp ?? NULL_FINGERPRINT
        conflicts.push({
          id: conflictId(context.side, link, name, context.side, link.rev + 1),
          entity: link.entity, localId, peerId: record.id, field: name, kind: "loop",
          losingSide: context.side, losingValue: document[name] ?? null, winningFingerprint: fp, at: context.now.toISOString(),
        })
      }
    } else {
      link = { ...link, rev: link.rev + 1, hops }
      for (const name of byAutomation) fields[name] = { fp: fields[name]?.fp ?? NULL_FINGERPRINT, r: link.rev }
    }
  }
  const metadata = generateSyncMetadata(otherSide(context.side), context.now, context.syncId)
  link = { ...link, fields, seen: record.rev, ...metadata }
  // The peer has changed the record: what it refused before may be gone.
  if (link.state === "quarantined" && draft.taken.size > 0) link = { ...link, state: "active", reason: null, attempts: 0 }
  return {
    link,
    conflicts,
    result: answer(verdict.kind === "revive" ? "created" : "ok", link, record.rev),
    journal: {
      at: context.now.toISOString(), entity: link.entity, localId, direction: "in", event: verdict.kind === "keep" ? "updated" : verdict.kind,
      fields: [...draft.taken].sort(), syncId: context.syncId,
      reason: reasonOf(draft, loop),
    },
    dirty: needsPush(link),
  }
}

/** How a record whose row is there stands after each verdict; without an entry as before. */
const STANDING: Partial<Record<AliveVerdict["kind"], Standing>> = { archive: "archived", ignore: "ignored", revive: "alive" }

function reasonOf(draft: Draft, loop: string[]): string | null {
  const parts = [
    draft.conflicts.length > 0 ? `conflict: ${draft.conflicts.map((conflict) => conflict.field).join(", ")}` : "",
    draft.skipped.length > 0 ? `not in the mapping: ${draft.skipped.slice(0, 20).join(", ")}` : "",
    loop.length > 0 ? `automations kept answering each other: ${loop.join(", ")}` : "",
    draft.verdict.kind === "reassert" ? "deleted on the peer while it was edited here" : "",
  ].filter(Boolean)
  return parts.length > 0 ? parts.join("; ") : null
}
