import { randomUUID } from "node:crypto"
import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { Document, Side } from "../document/value.ts"
import { isAway, type Link } from "./link.ts"

/** When, from where and in which delivery a record last arrived: what a person reads. It decides nothing. */
export interface SyncMetadata {
  /** UTC ISO time. */
  lastSyncedAt: string
  syncSource: Side
  /** A UUID, the same in the journals of both hosts. */
  syncId: string
}

/** The metadata of one delivery from `source`. Time and id may be given, which the engine does. */
export function generateSyncMetadata(source: Side, at: Date = new Date(), syncId: string = randomUUID()): SyncMetadata {
  return { lastSyncedAt: at.toISOString(), syncSource: source, syncId }
}

/**
 * Is the stored state exactly what the sync wrote here, or what the peer already knows? Then an event about it is an
 * echo. It answers from fingerprints, so it is right however much time has passed and however soon somebody edits again.
 *
 * @param link - the host's link row for the record; `null` when there is none, which is never an echo.
 * @param document - the record's current canonical document; `null` when its row is gone.
 */
export function isExternalSync(
  link: Pick<Link, "fields" | "acked" | "aliveRev" | "standing"> | null,
  document: Document | null,
): boolean {
  if (!link || link.aliveRev > link.acked) return false
  if (document === null) return isAway(link)
  if (isAway(link)) return false
  for (const name of new Set([...Object.keys(link.fields), ...Object.keys(document)])) {
    const known = link.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }
    if (known.r > link.acked || known.fp !== fingerprint(document[name] ?? null)) return false
  }
  return true
}
