import { fingerprint } from "../document/fingerprint.ts"
import type { Side } from "../document/value.ts"
import type { Link } from "../link/link.ts"
import type { Conflict } from "../ports.ts"

/** Who stores a conflict, and when. */
export interface ConflictContext {
  side: Side
  now: Date
  /** Revs are counted anew in a database that was restored. */
  epochs: Record<Side, string>
  /** The sender's name for a field whose name here holds an id of this host. */
  theirName?: (field: string) => string
}

/** Both hosts give one conflict the same id, so whoever joins their inboxes sees it once. */
function conflictId(
  { side, theirName, epochs }: ConflictContext,
  link: Link,
  { field: name, losingSide, losingValue, rev }: Lost,
): string {
  const field = side === "medusa" ? name : (theirName?.(name) ?? name)
  const medusaId = side === "medusa" ? link.localId : (link.peerId ?? "")
  const directusId = side === "directus" ? link.localId : (link.peerId ?? "")
  // A value of the other side that was told back to it, or one that was never told, has no rev of its own.
  const edit = rev === 0 ? fingerprint(losingValue) : rev
  return fingerprint([link.entity, medusaId, directusId, field, losingSide, edit, epochs[losingSide]])
}

export interface Lost extends Pick<Conflict, "field" | "kind" | "losingSide" | "losingValue"> {
  /** The losing side's rev of the edit; see `revOfEdit`. */
  rev: number
  /** The fingerprint of the value that stays, at the host that stores the conflict. */
  winner: string
}

export function conflictOf(context: ConflictContext, link: Link, peerId: string, lost: Lost): Conflict {
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
