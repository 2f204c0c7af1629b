import type { CanonicalValue, Document, Side } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import type { Link } from "../link/link.ts"
import type { SyncConfig } from "../mapping/config.ts"
import type { Transport } from "../ports.ts"
import type { Timers } from "../timers.ts"
import type { UniqueField } from "./unique-fields.ts"

export interface StoredMark {
  n: number
  /** Milliseconds; `Infinity` = waits for a person or a change. */
  due: number
  leasedUntil: number
  /** Whose changes it stands for since it was last leased. */
  person?: boolean
  automation?: boolean
  /** Of a backfill: behind all others. */
  later?: boolean
  /** See `Mark`. */
  asked?: boolean
}

export interface Table {
  rows: Map<string, Document>
  /** Last values of removed rows. */
  remains: Map<string, Document>
  /** Removed part → the record that it went with. */
  wentWith: Map<string, string>
  links: Map<string, Link>
  byPeer: Map<string, string>
  marks: Map<string, StoredMark>
}

/** Moments at which a test can crash the host or let somebody write in between. */
export type Point = "begin" | "locked" | "read" | "before-write" | "written" | "before-commit" | "committed"

export interface MemoryHostOptions {
  side: Side
  config: SyncConfig
  epoch: string
  clock: () => number
  /** Absent: the process's own. */
  timers?: Timers
  newId: () => string
  random?: () => number
  transport?: Transport
  /** What the host makes of a value that is written: the identity unless a test says otherwise. */
  rewrite?: (field: string, value: CanonicalValue) => CanonicalValue
  /** Does the host's capture fail to skip this write of the sync's own? Then it leaves a mark like anybody's. */
  marksOwn?: () => boolean
  /** Fields whose value only one present row may have, each among all rows or among those with one parent. */
  unique?: string | readonly UniqueField[]
  /**
   * What becomes of references to a row that goes: a foreign key empties them for good, or a join finds nothing behind them
   * until it is back. Either is seen, and marks who held them. Absent: a join that no hook sees.
   */
  references?: "emptied" | "hidden"
  /** Called at each point of an apply; a throw rolls the transaction back. */
  at?: (point: Point) => void
  /** Waits for rows that somebody else holds. As on the real hosts it throws {@link busyRow} when that takes too long. */
  waitFor?: (entity: string, localIds: string[]) => Promise<void>
  log?: (message: string) => void
}

/** Milliseconds that both hosts wait for a row. */
export const LOCK_TIMEOUT = 5_000

/** What their adapters make of a lock timeout, a deadlock and a lost race. */
export const busyRow = (): SyncError => new SyncError("concurrent_write", "The record was busy.", { retryable: true })

export function missing(entity: string): never {
  throw new Error(`no entity ${entity}`)
}

/** The values of those keys that are there. */
export function found<V>(map: ReadonlyMap<string, V>, keys: string[]): V[] {
  const values: V[] = []
  for (const key of keys) {
    const value = map.get(key)
    if (value !== undefined) values.push(value)
  }
  return values
}

/** `null` is "no value": it is not kept. */
export function merged(row: Document, fields: Document): Document {
  const next = { ...row }
  for (const name in fields) {
    const value = fields[name] ?? null
    if (value !== null) next[name] = value
    else if (Object.hasOwn(next, name)) Reflect.deleteProperty(next, name)
  }
  return next
}
