import { isAnnounced, isUnanswered, leapOver, needsPush, UNANNOUNCED, type Link } from "../link/link.ts"
import { MAX_FAILURES } from "../guard/retry.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { forgetPeer } from "../repair/plan-repair.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import type { RecordContext } from "./apply-context.ts"
import { keyText } from "./match-key.ts"
import { waitsForValue } from "./taken.ts"

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

/**
 * What an answer does to the link, as it is locked now: it may have moved on since the record was sent.
 *
 * @param sent - the record that was answered.
 * @param taken - its fields that the peer refuses because another record has their value, as this answer or the one
 *   before says.
 */
export function recordResult(
  context: RecordContext,
  before: Link,
  sent: WireRecord,
  result: RecordResult,
  taken: readonly string[] = [],
): Recorded {
  // The link has given its peer up since this was sent, or since an announcement whose answer comes late.
  const isOld =
    sent.peer !== null || !isAnnounced(before) || (before.lastSyncedAt !== null && sent.rev < before.aliveRev)
  if (before.peerId === null && isOld) return { kind: "again", link: before }
  // The peer names its record even when it could not take our changes; only `await` names another one.
  const link =
    before.peerId === null && result.peer !== null && result.st !== "await" ? withPeer(before, result.peer) : before
  const isTaken = result.st === "ok" || result.st === "created" || result.st === "stale"
  // The link has got its peer since this was sent: what the peer could not do with it then means nothing now.
  if (!isTaken && sent.peer !== before.peerId) return { kind: "again", link }
  // It has gone since, or what it told has: there is nothing to wait for.
  if (!isTaken && !needsPush(link)) return { kind: "again", link }
  // So does what it could not do with values that have changed since.
  const told = sent.alive ? sent.rev : sent.rev + 1
  if (!isTaken && !link.heldBack && link.rev > told) return { kind: "retry", link: { ...link, attempts: 0 } }
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
        ...link,
        acked: Math.max(link.acked, Math.min(result.ack, link.rev)),
        state: link.state === "quarantined" ? "active" : link.state,
        ...generateSyncMetadata(context.side, context.now, context.syncId),
      }
      const isLeft = needsPush(told)
      // All that was refused is still to be told: by itself, and it is refused as often as before.
      if (waitsForValue(told) && taken.some((name) => (told.fields[name]?.r ?? 0) > told.acked))
        return { kind: "again", link: told }
      const done: Link = { ...told, reason: null, attempts: 0 }
      return isLeft ? { kind: "again", link: done } : { kind: "done", link: { ...done, heldBack: false } }
    }
    case "need_full":
      return sent.full ? retry(link, reason) : { kind: "again", link: forgetPeer(link) }
    case "need_parent":
      return awaitParent(link)
    case "await":
      return { kind: "retry", link: isOfNow(link, sent) ? { ...link, awaiting: result.peer } : link }
    case "quarantined":
      return stop(link, reason)
    case "failed":
      if (result.code === "not_unique") return awaitValue(link, reason, sent, taken)
      return result.code === "concurrent_write" ? retryBusy(link, reason) : retry(link, reason)
    default:
      return result.st satisfies never
  }
}

/** What it refers to is on its way. If it does not come, the record waits until there is news of one. */
function awaitParent(link: Link): Recorded {
  const reason = "need_parent: a record that it refers to has not arrived on the other side"
  const attempts = link.reason === reason ? link.attempts + 1 : 1
  const waiting = { ...link, reason, heldBack: true }
  return attempts < MAX_FAILURES
    ? { kind: "retry", link: { ...waiting, attempts } }
    : { kind: "stopped", link: { ...waiting, attempts: 0 } }
}

/** What else there is to tell goes at once, without the value that another record has; see `planPush`. */
function awaitValue(link: Link, reason: string, sent: WireRecord, taken: readonly string[]): Recorded {
  const names = Object.keys(sent.fields)
  const isMixed = names.some((name) => taken.includes(name)) && !names.every((name) => taken.includes(name))
  // One that comes back brings its own value back, which may be the one that is taken.
  if (sent.peer !== null && sent.alive_rev <= link.acked && isMixed)
    return { kind: "again", link: { ...link, reason, heldBack: true } }
  return retry({ ...link, heldBack: true }, reason)
}

/** Failures that are counted of a record that was only busy: then it is tried again within two minutes, and nobody is asked. */
const BUSY_ATTEMPTS = 3

/** Somebody holds the row there and will let it go. */
function retryBusy(link: Link, reason: string): Recorded {
  const attempts = link.reason === reason ? Math.min(link.attempts + 1, BUSY_ATTEMPTS) : 1
  return { kind: "retry", link: { ...link, attempts, reason } }
}

function retry(link: Link, reason: string): Recorded {
  // What else it tells is refused for another reason: that is no first time.
  const attempts = link.reason === reason || waitsForValue(link) ? link.attempts + 1 : 1
  return attempts >= MAX_FAILURES
    ? stop({ ...link, attempts }, reason)
    : { kind: "retry", link: { ...link, attempts, reason } }
}
