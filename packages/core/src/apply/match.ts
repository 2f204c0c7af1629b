import { isAnnounced, isKept, isTombstone, isUnanswered, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"

/** Which record of this host a message speaks of. */
export type Match =
  | { kind: "linked"; localId: string }
  /**
   * An unlinked record with the same key, or one that was kept when its peer went: it becomes this peer's record.
   * `instead` of one whose pair the sender has given to this one. `of`: the sender's record that ends in the same message.
   */
  | { kind: "adopt"; localId: string; instead?: string; of?: WireRecord }
  /** It ends, and another one of its message goes on with its pair. */
  | { kind: "replaced"; localId: string }
  | { kind: "create" }
  /** A record with the same key was announced from here too, and the peer may have made another one from that. */
  | { kind: "await"; localId: string }
  /** The sender believes in a link that this host does not have, perhaps `instead` of one that it has. */
  | { kind: "need_full"; instead?: string }
  /** `rivals`: the sender's other records that could be the candidate just as well. */
  | { kind: "ambiguous"; candidates: string[]; rivals: string[] }

/** What could be the record, looked up before anything is locked. */
export interface Candidates {
  /** The link of the local record that the sender names as its peer. */
  named: Link | null
  /** The link that names the sender's record as its peer. */
  paired: Link | null
  /** Local ids of rows that hold the sender's match key, with their links. */
  byKey: { localId: string; link: Link | null }[]
  /** Links without a peer that are or were announced under this key; their row may have changed or gone since. */
  announced: Link[]
  /** Of those that wait for a record of the sender, by local id, the ones whose row is there. */
  present: ReadonlySet<string>
  /** The sender's records of the same message that hold this key too. */
  rivals: string[]
}

/** Does the record have to be looked for by its key? Not when a link answers already. */
export const needsKey = (record: WireRecord, found: Pick<Candidates, "named" | "paired">): boolean =>
  !pairedIn(record, found) && !(found.named && found.named.peerId === null) && record.full && record.key !== null

/**
 * Is a record that was kept when its peer went the pair of one that is made again? Not in Directus one that has parts: those
 * are the shop's to bring back, and the new one comes with its own.
 */
export const adoptsKept = ({ side, config }: Pick<HostPorts, "side" | "config">, { name }: EntityDefinition): boolean =>
  side === "medusa" ||
  ![...config.entities.values()].some(({ parent, fields }) => parent !== null && fields.get(parent)?.to === name)

/** The link of this very pair, also when another transaction made it between the two look-ups. */
const pairedIn = ({ id }: WireRecord, { named, paired }: Pick<Candidates, "named" | "paired">): Link | null =>
  paired ?? (named?.peerId === id ? named : null)

/**
 * It waits for the sender's record, which has never been told to wait for it: the sender has made nothing of its announcement. And
 * it has another key by now, so that the two are not meant for each other any more. One that is gone has no other key: the sender may
 * have taken it before it went, and is told of its end.
 */
const isRenamed = (
  { id }: WireRecord,
  { present, byKey }: Candidates,
  { localId, awaiting, promised }: Link,
): boolean =>
  awaiting === id && promised !== id && present.has(localId) && !byKey.some((row) => row.localId === localId)

/**
 * First hit wins; with more than one candidate nothing is guessed (I4).
 *
 * @param keeps - see {@link adoptsKept}.
 */
export function matchRecord(record: WireRecord, found: Candidates, keeps = true): Match {
  const { named } = found
  const paired = pairedIn(record, found)
  // It has given its record another pair since: the one that was made here in the place of the one before.
  if (paired && record.peer !== null && record.peer !== paired.localId && record.rev > paired.seen) {
    if (named === null && !isTombstone(paired.localId)) return { kind: "need_full", instead: paired.localId }
    if (named?.peerId === null) return { kind: "adopt", localId: named.localId, instead: paired.localId }
  }
  // A sender that names another one is told of this one, and stops.
  if (paired) return { kind: "linked", localId: paired.localId }
  if (named && named.peerId === null) return { kind: "adopt", localId: named.localId }
  if (!record.full) return { kind: "need_full" }
  if (!record.key) return { kind: "create" }
  const announced = found.announced.filter((link) => isUnanswered(link) && !isRenamed(record, found, link))
  // Both sides told each other to wait for this very pair: neither has made anything else of the other's announcement.
  const agreed = announced.find((link) => link.awaiting === record.id && link.promised === record.id)
  if (agreed) return { kind: "adopt", localId: agreed.localId }
  const candidates = new Set(announced.map((link) => link.localId))
  // The end of a record that nobody knows must not hit another one that happens to have its key.
  const untold = record.alive ? found.byKey : []
  for (const { localId, link } of untold)
    if (!link || (link.peerId === null && !isAnnounced(link))) candidates.add(localId)
  // What was made again under the key of one that is gone means what was kept of that one.
  if (candidates.size === 0 && keeps)
    for (const { localId, link } of untold) if (link && isKept(link)) candidates.add(localId)
  const guess = candidates.size > 1 || (candidates.size > 0 && announced.length === 0 && found.rivals.length > 0)
  if (guess) return { kind: "ambiguous", candidates: [...candidates].sort(), rivals: found.rivals }
  const [waiting] = announced
  if (waiting) return { kind: "await", localId: waiting.localId }
  const [only] = candidates
  return only === undefined ? { kind: "create" } : { kind: "adopt", localId: only }
}
