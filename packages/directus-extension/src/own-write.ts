import { sharedState } from "./shared-state"

/** The records that one apply is writing. It ends before the commit. */
export interface OwnWrite {
  open: boolean
  /** Collection → the local ids that are being written. */
  claims: Map<string, Set<string>>
  /** Collection whose database makes the ids → ids that were created while they were not known yet. */
  creating: Map<string, string[]>
}

export const newOwnWrite = (): OwnWrite => ({ open: true, claims: new Map(), creating: new Map() })

export function claim(own: OwnWrite, collection: string, localIds: string[]): void {
  const claimed = own.claims.get(collection) ?? new Set()
  for (const localId of localIds) claimed.add(localId)
  own.claims.set(collection, claimed)
}

/** Runs `work` so that the hooks which it causes can tell whose write they see. */
export const runOwnWrite = <T>(own: OwnWrite, work: () => Promise<T>): Promise<T> =>
  sharedState().ownWrites.run(own, work)

/**
 * Is this change the sync's own write? Only while the apply is open and only for the records that it writes: hooks and
 * Flows that it sets off inherit its async context, and what they write must be marked.
 */
export function isOwnWrite(collection: string, localId: string | null, action: string): boolean {
  const own = sharedState().ownWrites.getStore()
  if (!own?.open) return false
  if (localId !== null && own.claims.get(collection)?.has(localId)) return true
  const unknown = own.creating.get(collection)
  if (!unknown || action !== "create") return false
  if (localId !== null) unknown.push(localId)
  return true
}
