import { isAlive, type Link } from "../link/link.ts"
import type { DeletePolicy } from "../mapping/entity.ts"
import type { WireRecord } from "../wire/messages.ts"

/** What happens to the record as a whole, beside its fields. */
export type AliveVerdict =
  | { kind: "keep" }
  | { kind: "remove" }
  | { kind: "archive" }
  | { kind: "unlink" }
  /** It stays as it is and waits for the peer to bring it back. */
  | { kind: "ignore" }
  /** It comes back, or is there for the first time. With `assert` the peer is told, since it may have deleted it meanwhile. */
  | { kind: "revive"; assert: boolean }
  /** The peer deleted what was edited here meanwhile: the edit wins and the peer is told that it lives. */
  | { kind: "reassert" }

/** Has anything changed here that the author of the peer's delete had not seen? */
function changedUnseen(link: Link, record: WireRecord): boolean {
  if (link.aliveRev > record.seen) return true
  return Object.values(link.fields).some(({ r }) => r > record.seen)
}

const APPLIED: Record<DeletePolicy, AliveVerdict> = {
  propagate: { kind: "remove" },
  archive: { kind: "archive" },
  unlink: { kind: "unlink" },
  ignore: { kind: "ignore" },
}

/**
 * @param policy - what this host does when the peer deleted the record.
 * @param news - the message brings field edits that are new here.
 */
export function mergeAliveness(policy: DeletePolicy, link: Link, record: WireRecord, news: boolean): AliveVerdict {
  const alive = isAlive(link)
  const peerChanged = record.alive_rev > link.seen
  if (peerChanged && !record.alive && alive) return changedUnseen(link, record) ? { kind: "reassert" } : APPLIED[policy]
  if (!alive && record.alive) {
    // Deleted here, edited or restored there, neither knowing of the other: life wins, and both sides must hear it.
    const unseen = link.aliveRev > record.seen
    if (peerChanged || (news && unseen)) return { kind: "revive", assert: unseen }
  }
  return { kind: "keep" }
}
