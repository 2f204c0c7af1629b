import type { Sync } from "./running-sync"

/** The records that one transaction is writing. */
export interface OwnWrite {
  /** It is an apply, which ends before the commit. */
  open: boolean
  /** Collection → the local ids that are being written. */
  claims: Map<string, Set<string>>
  /** Collection whose database makes the ids → ids that were created while they were not known yet. */
  creating: Map<string, string[]>
}

/**
 * What every copy of this bundle in the process shares. Directus imports a bundle anew at each reload of any extension
 * (12.4: `extensions/manager.js`, `fresh: true`), leaves the old copy's timers running and never tells it.
 */
export interface SharedState {
  /** By the connection that they write with. An async context would do as well, but slows down every promise of the process. */
  ownWrites: WeakMap<object, OwnWrite>
  /** The applies that are under way. */
  openWrites: Set<OwnWrite>
  /** True only while the events of an apply are handed to the listeners, which happens synchronously. */
  emittingOwn: boolean
  /** Requests that publish a version after a comparison. Directus tells only the first copy when it makes its routes. */
  reviews?: WeakSet<object>
  /** The HTTP server listens: this is no CLI command. */
  serving: boolean
  /** The newest copy's. */
  sync: Sync | null
}

const KEY = Symbol.for("directus-extension-medusa")

export function sharedState(): SharedState {
  const root = globalThis as { [KEY]?: SharedState }
  return (root[KEY] ??= {
    ownWrites: new WeakMap(),
    openWrites: new Set(),
    emittingOwn: false,
    serving: false,
    sync: null,
  })
}
