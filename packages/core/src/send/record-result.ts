import {
  isAlive,
  isAnnounced,
  isUnanswered,
  leapOver,
  needsPush,
  revOfEdit,
  UNANNOUNCED,
  forgetPeer,
  type Link,
} from "../link/link.ts"
import { isMember, memberOf } from "../document/names.ts"
import { MAX_FAILURES } from "../retry.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import type { RecordContext } from "../apply/apply-context.ts"
import { keyText } from "../record/match-key.ts"
import { withoutWaiting } from "../record/release.ts"
import { hasRefused, withRefusedBefore } from "../record/taken.ts"

export type Recorded =
  /** Told and understood; the mark goes if nobody changed the record meanwhile. */
  | { kind: "done"; link: Link }
  /** There is more to tell at once. */
  | { kind: "again"; link: Link }
  | { kind: "retry"; link: Link }
  | { kind: "stopped"; link: Link }

/** A person is asked. */
export const stop = (link: Link, reason: string): Recorded => ({
  kind: "stopped",
  link: { ...link, state: "quarantined", reason },
})

const withPeer = (link: Link, peerId: string): Link => ({ ...link, ...UNANNOUNCED, peerId })

/** Was it sent under the key that it is announced by now? */
const isOfNow = (link: Link, { key }: WireRecord): boolean => isUnanswered(link) && link.announced === keyText(key)

/** Has somebody changed a value that was sent? */
const isEdited = ({ fields }: Link, sent: WireRecord): boolean =>
  Object.keys(sent.fields).some((name) => revOfEdit(fields[name] ?? { r: 0 }) > sent.rev)

/** The peer has it. */
export const isTaken = ({ st }: RecordResult): boolean => st === "ok" || st === "created" || st === "stale"

/** Fields of a record whose values the peer refuses. */
export interface Refused {
  /** As this answer says. */
  now: readonly string[]
  /** As this answer or one before says. */
  all: readonly string[]
}

/**
 * What an answer does to the link, as it is locked now: it may have moved on since the record was sent.
 *
 * @param sent - the record that was answered.
 */
export function recordResult(
  context: RecordContext,
  before: Link,
  sent: WireRecord,
  result: RecordResult,
  refused: Refused = { now: [], all: [] },
): Recorded {
  // The link has given its peer up since this was sent, or since an announcement whose answer comes late.
  const isOld =
    sent.peer !== null || !isAnnounced(before) || (before.lastSyncedAt !== null && sent.rev < before.aliveRev)
  if (before.peerId === null && isOld) return { kind: "again", link: before }
  // The peer names its record even when it could not take our changes; only `await` names another one.
  const link =
    before.peerId === null && result.peer !== null && result.st !== "await" ? withPeer(before, result.peer) : before
  // The link was completed meanwhile, so this failure is obsolete.
  if (!isTaken(result) && sent.peer !== before.peerId) return { kind: "again", link }
  // Likewise if the record has gone or come back, or has nothing left to tell.
  if (!isTaken(result) && (!needsPush(link) || sent.alive !== isAlive(link))) return { kind: "again", link }
  // Likewise if its values have changed.
  const told = sent.alive ? sent.rev : sent.rev + 1
  if (!isTaken(result) && !link.heldBack && link.rev > told) return { kind: "retry", link: { ...link, attempts: 0 } }
  // What was held back has got a later rev without any change.
  if (!isTaken(result) && link.heldBack && isEdited(link, sent)) return { kind: "retry", link }
  const reason = result.code ? `${result.code}: ${result.reason ?? ""}` : result.st
  switch (result.st) {
    case "ok":
    case "created":
    case "stale": {
      if (link.peerId !== null && result.peer !== null && link.peerId !== result.peer && sent.peer === link.peerId) {
        return stop(
          link,
          `pairing_conflict: the other side keeps this record as ${result.peer}, here it is linked with ${link.peerId}`,
        )
      }
      if (result.ack > link.rev) return { kind: "again", link: leapOver(link, result.ack) }
      const told: Link = {
        ...(result.st === "ok" && sent.release === "later" && sent.full ? withoutWaiting(context.side, link) : link),
        acked: Math.max(link.acked, Math.min(result.ack, link.rev)),
        state: link.state === "quarantined" ? "active" : link.state,
        ...generateSyncMetadata(context.side, context.now, context.syncId),
      }
      const isLeft = needsPush(told)
      // All that was refused is still to be told: by itself, and it is refused as often as before.
      if (hasRefused(told) && refused.all.some((name) => (told.fields[name]?.r ?? 0) > told.acked))
        return { kind: "again", link: told }
      const done: Link = { ...told, reason: null, attempts: 0 }
      return isLeft ? { kind: "again", link: done } : { kind: "done", link: { ...done, heldBack: false } }
    }
    case "need_full":
      return sent.full ? retry(link, reason) : { kind: "again", link: forgetPeer(link) }
    case "need_parent":
      return awaitParent(link, sent, result.code)
    case "await":
      return isOfNow(link, sent) ? awaitNamesake(link, result.peer) : { kind: "retry", link }
    case "quarantined":
      return stop(link, reason)
    case "failed":
      if (result.code === "not_unique" || isOfField(reason, sent, refused.all))
        return awaitValue(link, reason, sent, refused)
      return result.code === "concurrent_write" ? retryBusy(link, reason) : retry(link, reason)
    default:
      return result.st satisfies never
  }
}

/** The first time both still have to say that they wait. A namesake that does not come by then waits for something else. */
function awaitNamesake(link: Link, namesake: string | null): Recorded {
  if (namesake === null || link.awaiting !== namesake) return { kind: "retry", link: { ...link, awaiting: namesake } }
  return retryBusy(link, `ambiguous_match: It waits for ${namesake}, which has the same key there and waits itself.`)
}

/** The id of the record that is missing; `undefined` where a part was told without its whole. */
function referredTo({ fields }: WireRecord, field: string): string | undefined {
  if (isMember(field)) return memberOf(field)
  const [value] = fields[field] ?? []
  return typeof value === "string" ? value : undefined
}

/** What it refers to is on its way. If it does not come, the record waits until there is news of one. */
function awaitParent(link: Link, sent: WireRecord, field: string | undefined): Recorded {
  const id = field && referredTo(sent, field)
  const reason = field
    ? `need_parent: ${field} refers to ${id === undefined ? "a record that" : `${id}, which`} has not arrived on the other side`
    : "need_parent: a record that it refers to has not arrived on the other side"
  const attempts = link.reason === reason ? link.attempts + 1 : 1
  const waiting = { ...link, reason, heldBack: true }
  return attempts < MAX_FAILURES
    ? { kind: "retry", link: { ...waiting, attempts } }
    : { kind: "stopped", link: { ...waiting, attempts: 0 } }
}

/** Does the peer refuse the value of one field that was sent, whoever else has which? */
const isOfField = (reason: string, { fields }: WireRecord, refused: readonly string[]): boolean =>
  hasRefused({ heldBack: true, reason }) && refused.some((name) => name in fields)

/**
 * What else there is to tell goes at once, without the values that are refused; see `planPush`. Of two such values
 * each would come back with all else, and be refused, without end.
 */
function awaitValue(link: Link, reason: string, sent: WireRecord, { now, all }: Refused): Recorded {
  const held: Link = { ...link, heldBack: true }
  // One that comes back brings its own value back, which may be the one that is taken.
  if (sent.peer === null || sent.alive_rev > link.acked) return retry(held, reason)
  const names = Object.keys(sent.fields)
  const isSome = (refused: readonly string[]): boolean =>
    names.some((name) => refused.includes(name)) && !names.every((name) => refused.includes(name))
  const both = hasRefused(link) ? withRefusedBefore(reason, link.reason) : reason
  if (isSome(all)) return { kind: "again", link: { ...held, reason: both } }
  const tried = retry(held, reason)
  if (tried.kind !== "stopped") return tried
  // What was told beside the one that is refused now may be free by now.
  return isSome(now) ? { kind: "again", link: { ...held, reason } } : stop(tried.link, both)
}

/** Failures that are counted of a record that was only busy: then it is tried again within two minutes, and nobody is asked. */
const BUSY_ATTEMPTS = 3

/** Somebody holds the row there and will let it go, or it waits for what will come: nobody has to do anything here. */
function retryBusy(link: Link, reason: string): Recorded {
  const attempts = link.reason === reason ? Math.min(link.attempts + 1, BUSY_ATTEMPTS) : 1
  return { kind: "retry", link: { ...link, attempts, reason } }
}

function retry(link: Link, reason: string): Recorded {
  // What else it tells is refused for another reason: that is no first time.
  const attempts = link.reason === reason || hasRefused(link) ? link.attempts + 1 : 1
  return attempts >= MAX_FAILURES
    ? stop({ ...link, attempts }, reason)
    : { kind: "retry", link: { ...link, attempts, reason } }
}
