import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember, listed, memberOf } from "../document/names.ts"
import { otherSide } from "../document/value.ts"
import { isAway, revOfEdit, type FieldState, type Link, type Standing } from "../link/link.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict, JournalEntry } from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { answer, type ApplyContext } from "./apply-context.ts"
import { asArchived, isApart, owes } from "../record/apart.ts"
import { MAX_HOPS, parentIn } from "../record/capture.ts"
import type { AliveVerdict } from "./merge-aliveness.ts"
import { lostState, shownAs, withLost, type SeenRow } from "../record/lost.ts"
import { conflictOf } from "../record/conflict.ts"
import type { Draft } from "./plan-apply.ts"
import { isStillWithheld } from "../record/release.ts"
import { withoutRetry } from "../record/plan-push.ts"
import { hasRefused } from "../record/taken.ts"

export interface Settled {
  link: Link
  result: RecordResult
  conflicts: Conflict[]
  journal: JournalEntry
}

/**
 * Completes an apply from what the database holds after the write.
 *
 * @param localId - the id that the host gave, or the one that it had.
 * @param readBack - the row, read again inside the same transaction.
 */
export function settleApply(
  entity: EntityDefinition,
  context: ApplyContext,
  draft: Draft,
  localId: string,
  readBack: SeenRow,
): Settled {
  const { record, verdict } = draft
  let link: Link = { ...(readBack.present ? withLost(draft.link, readBack) : draft.link), localId }
  const conflicts = draft.conflicts.map((conflict) => ({ ...conflict, localId }))
  let loop: string[] = []

  if (verdict.kind === "reassert" || (verdict.kind === "revive" && verdict.assert))
    link = { ...link, rev: link.rev + 1, aliveRev: link.rev + 1 }
  else if (verdict.kind === "unlink") link = { ...link, state: "unlinked", aliveRev: 0 }
  else if (verdict.kind !== "keep") link = { ...link, aliveRev: 0 }

  // Away for its own sake, once the peer tells its end.
  const ended = !record.alive && record.alive_rev > draft.seenBefore
  const away = link.standing === "along" && !ended ? "along" : "gone"
  link.standing = readBack.present ? (STANDING[verdict.kind] ?? link.standing) : away
  const document = readBack.present ? (readBack.fields ?? {}) : (draft.snapshot ?? link.snapshot ?? {})
  link.snapshot = link.standing === "alive" ? null : (draft.snapshot ?? link.snapshot)

  // Read back: a host may have rewritten what we wrote, and its own value is the one to compare with from now on.
  const fields = { ...link.fields }
  const byAutomation: string[] = []
  // What these refer to went or came back meanwhile: that is news for the peer.
  const turned: [name: string, state: Omit<FieldState, "r">][] = []
  for (const name of new Set([...Object.keys(document), ...Object.keys(fields), ...draft.taken])) {
    if (isApart(entity, draft.link, name) && !draft.taken.has(name)) continue
    const fp = fingerprint(document[name] ?? null)
    const mine = fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }
    const field = fieldOf(entity, name)
    const isOwn = field?.owner === context.side && field.to === undefined
    const given = isOwn && draft.taken.has(name) ? record.fields[name] : undefined
    if (given && fp !== fingerprint(given[0]) && readBack.present) {
      // Given once, when the record was made, and stored otherwise: the owner's value stands, and its author hears of it.
      const [losingValue, r, , e] = given
      const rev = revOfEdit({ r, e })
      const lost = {
        field: name,
        kind: "read_only",
        losingSide: otherSide(context.side),
        losingValue,
        rev,
        winner: fp,
      } as const
      conflicts.push({ ...conflictOf(context, link, record.id, lost), localId })
      turned.push([name, { fp }])
      continue
    }
    if (draft.taken.has(name) && isStillWithheld(mine, fp, record.fields[name]?.[0] ?? null)) {
      // The peer does not know any more that it has this record.
      if (record.full) turned.push([name, { ...mine, e: revOfEdit(mine) }])
      continue
    }
    const went = draft.taken.has(name) && readBack.present ? wentMeanwhile(entity, record, name, fp) : undefined
    if (went !== undefined) fields[name] = lostState({ fp, r: 0, ...answersOf(record, name, mine) }, went)
    else if (draft.taken.has(name) && (owes(entity, link, name) || hasCrossed(draft, name))) {
      // It has crossed the question, or its answer: the peer has to hear what came of it, which is the peer's own edit.
      turned.push([name, { fp, e: 0 }])
      continue
    } else if (draft.taken.has(name) && !isOldReference(entity, draft, name, fp))
      fields[name] = { fp, r: 0, ...answersOf(record, name, mine) }
    else if (fp !== mine.fp && readBack.present && fieldOf(entity, name)?.to !== undefined) {
      turned.push([name, { fp }])
      continue
    } else if (fp !== mine.fp && (mine.r > link.acked || draft.restored.has(name))) fields[name] = shownAs(mine, fp)
    else if (fp !== mine.fp) {
      byAutomation.push(name)
      fields[name] = { fp, r: mine.r }
    }
  }
  // What is told for the first time is nobody's edit of now.
  const isMet = draft.link.lastSyncedAt === null
  for (const [name, value] of Object.entries(draft.waiting)) {
    const state = fields[name]
    if (state && (state.r === 0 || isMet || draft.unknown.includes(name)))
      fields[name] = { ...state, unreleased: value }
  }
  // The peer hears that they wait. The value that is given is nobody's new edit.
  for (const name of draft.unknown) {
    const state = fields[name]
    if (state) turned.push([name, name in draft.waiting ? { ...state, e: revOfEdit(state) } : { fp: state.fp }])
  }
  link.hops = record.hops
  if (byAutomation.length > 0 && !isAway(link)) {
    if (record.hops >= MAX_HOPS) {
      loop = byAutomation
      for (const name of loop) {
        const fp = fields[name]?.fp ?? NULL_FINGERPRINT
        const losingValue = document[name] ?? null
        const lost = {
          field: name,
          kind: "loop",
          losingSide: context.side,
          losingValue,
          rev: link.rev + 1,
          winner: fp,
        } as const
        conflicts.push(conflictOf(context, link, record.id, lost))
      }
    } else {
      link = { ...link, rev: link.rev + 1, hops: record.hops + 1 }
      for (const name of byAutomation) fields[name] = { fp: fields[name]?.fp ?? NULL_FINGERPRINT, r: link.rev }
    }
  }
  if (turned.length > 0) {
    link = { ...link, rev: link.rev + 1 }
    for (const [name, state] of turned) fields[name] = { ...state, r: link.rev }
  }
  const metadata = generateSyncMetadata(otherSide(context.side), context.now, context.syncId)
  const parentId = parentIn(entity, document) ?? link.parentId
  link = { ...link, fields, parentId, seen: record.rev, ...metadata }
  if (verdict.kind === "archive") link = asArchived(entity, link, document)
  // The peer has changed the record: what it refused before may be gone.
  if (link.state === "quarantined" && draft.taken.size > 0)
    link = { ...link, state: "active", heldBack: link.heldBack && !hasRefused(link), reason: null, attempts: 0 }
  link = withoutRetry(link)
  return {
    link,
    conflicts,
    result: answer(verdict.kind === "revive" ? "created" : "ok", link, record.rev),
    journal: {
      at: context.now.toISOString(),
      entity: link.entity,
      localId,
      direction: "in",
      event: eventOf(draft),
      fields: [...draft.taken].sort(),
      syncId: context.syncId,
      reason: reasonOf(draft, conflicts, loop),
    },
  }
}

function eventOf({ verdict, link }: Draft): string {
  if (verdict.kind === "keep") return "updated"
  // Nobody here has had it before.
  return verdict.kind === "revive" && link.localId === "" ? "created" : verdict.kind
}

/** A value that takes the place of an automation's answer goes on with its chain, as when that one wins. */
const answersOf = (record: WireRecord, name: string, { r, h: mine = 0 }: FieldState): Pick<FieldState, "h"> => {
  const h = Math.max(record.fields[name]?.[2] ?? 0, r > record.seen ? Math.min(mine, 1) : 0)
  return h === 0 ? {} : { h }
}

/** Is an edit of the place of before still under way, which the author of the value that took its place had not seen? */
const hasCrossed = ({ met, link, record }: Draft, name: string): boolean =>
  met.includes(name) && (link.fields[name]?.r ?? 0) > record.seen

/** The record that was to be referred to, when the row does not: it has just gone. */
function wentMeanwhile(entity: EntityDefinition, record: WireRecord, name: string, fp: string): string | undefined {
  const value = record.fields[name]?.[0] ?? null
  if (fieldOf(entity, name)?.to === undefined || value === null || fp !== NULL_FINGERPRINT) return undefined
  return isMember(name) ? memberOf(name) : String(value)
}

/** Does the row refer to something else than was taken? It came back meanwhile behind a reference that seemed empty. */
function isOldReference(entity: EntityDefinition, { record }: Draft, name: string, fp: string): boolean {
  const value = record.fields[name]?.[0] ?? null
  return fp !== NULL_FINGERPRINT && fp !== fingerprint(value) && fieldOf(entity, name)?.to !== undefined
}

/** How a record whose row is there stands after each verdict; without an entry as before. */
const STANDING: Partial<Record<AliveVerdict["kind"], Standing>> = {
  archive: "archived",
  ignore: "ignored",
  revive: "alive",
}

function reasonOf(draft: Draft, all: Conflict[], loop: string[]): string | null {
  const lost = (of: Conflict["kind"], text: string): string => {
    const fields = all.flatMap(({ kind, field }) => (kind === of ? [field] : []))
    return fields.length > 0 ? `${text}: ${listed(fields)}` : ""
  }
  const parts = [
    lost("concurrent", "conflict"),
    lost("read_only", "not theirs to change"),
    draft.skipped.length > 0 ? `not in the mapping: ${listed(draft.skipped.slice(0, 20))}` : "",
    draft.met.length > 0 ? `had no place here before: ${listed(draft.met.slice(0, 20))}` : "",
    loop.length > 0 ? `automations kept answering each other: ${listed(loop)}` : "",
    draft.verdict.kind === "reassert" ? "deleted on the peer while it was edited here" : "",
  ].filter(Boolean)
  return parts.length > 0 ? parts.join("; ") : null
}
