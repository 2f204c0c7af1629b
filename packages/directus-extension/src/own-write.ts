import { sharedState, type OwnWrite } from "./shared-state"

export const newOwnWrite = (): OwnWrite => ({ open: true, claims: new Map(), creating: new Map() })

export function claim(own: OwnWrite, collection: string, localIds: string[]): void {
  const claimed = own.claims.get(collection) ?? new Set()
  for (const localId of localIds) claimed.add(localId)
  own.claims.set(collection, claimed)
}

/** Directus hands its hooks the connection that it was given to write with: by that one they can tell whose write they see. */
export const writesFor = (own: OwnWrite, connection: object): void => void sharedState().ownWrites.set(connection, own)

/** Runs `work` as one apply, which is over whatever comes of it. */
export async function runOwnWrite<T>(own: OwnWrite, work: () => Promise<T>): Promise<T> {
  const { openWrites } = sharedState()
  openWrites.add(own)
  try {
    return await work()
  } finally {
    own.open = false
    openWrites.delete(own)
  }
}

/**
 * Is this change the sync's own write? Only while the apply is open and only for the records that it writes: hooks and
 * Flows that it sets off may write over the same connection, and what they write must be marked.
 *
 * @param connection - what the hook was given; `null` for action hooks, which get the root connection. Rows locked by an
 *   open apply can only have been written by it.
 */
export function isOwnWrite(
  connection: object | null,
  collection: string,
  localId: string | null,
  action: string,
): boolean {
  const { ownWrites, openWrites } = sharedState()
  if (connection === null) return [...openWrites].some((own) => isIn(own, collection, localId, action))
  const own = ownWrites.get(connection)
  return own !== undefined && isIn(own, collection, localId, action)
}

function isIn(own: OwnWrite, collection: string, localId: string | null, action: string): boolean {
  if (!own.open) return false
  if (localId !== null && own.claims.get(collection)?.has(localId)) return true
  const unknown = own.creating.get(collection)
  if (!unknown || action !== "create") return false
  if (localId !== null) unknown.push(localId)
  return true
}
