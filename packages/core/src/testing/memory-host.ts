import { memoryJobs } from "./memory-jobs.ts"
import { isDeepStrictEqual } from "node:util"
import type { Document } from "../document/value.ts"
import { CLOSED } from "../guard/breaker.ts"
import type { Alert } from "../operate/problem.ts"
import type { Link } from "../link/link.ts"
import type { Control, ControlChange } from "../control.ts"
import type { HostPorts, JournalEntry, Mark, RecordCounts, Shop } from "../ports.ts"
import { isUnreleased, releaseFields } from "../record/release.ts"
import { MemoryStore, type InboxRow, type StoreBackup } from "./memory-store.ts"
import { merged, type MemoryHostOptions, type StoredMark, type Table } from "./memory-table.ts"
import { makeTransaction } from "./memory-transaction.ts"

const LEASE_MS = 60_000
const DONE = Promise.resolve()

export interface Backup extends StoreBackup {
  control: Control
}

/** No retry and no lease waits for longer: what lies further ahead was written before the clock was set back. */
const CLOCK_STEP = 600_000

const isPast = (at: number, now: number): boolean => at <= now || (at > now + CLOCK_STEP && at !== Infinity)
const isFree = (mark: StoredMark, now: number): boolean => isPast(mark.due, now) && isPast(mark.leasedUntil, now)

/** A time that is spelt once: in a simulation much happens at the same one. */
class Moment extends Date {
  #text: string | null = null
  override toISOString(): string {
    return (this.#text ??= super.toISOString())
  }
}

let moment = new Moment(0)
function momentOf(milliseconds: number): Moment {
  if (moment.getTime() !== milliseconds) moment = new Moment(milliseconds)
  return moment
}

/**
 * A host in memory: rows, links, marks and transactions that roll back, behind the same ports as the real hosts.
 * People's changes go through {@link create}, {@link edit}, {@link remove} and {@link restore}.
 */
export class MemoryHost {
  readonly options: MemoryHostOptions
  control: Control
  /** What people were told. */
  readonly alerts: Alert[] = []
  readonly ports: HostPorts
  readonly #store: MemoryStore
  readonly #turns = new Map<string, number>()

  constructor(options: MemoryHostOptions) {
    this.options = options
    this.#store = new MemoryStore(options)
    const transaction = makeTransaction(this.#store)
    this.control = {
      epoch: options.epoch,
      past: [],
      peerEpoch: null,
      peerPast: [],
      beat: 0,
      peerBeat: 0,
      repair: null,
      home: null,
      breaker: CLOSED,
      paused: null,
      lastSuccessAt: null,
      lastReceivedAt: null,
      clockOffset: null,
      backfill: null,
      places: null,
      alerts: [],
    }
    const say = options.log ?? (() => undefined)
    this.ports = {
      side: options.side,
      config: options.config,
      instance: "memory",
      transport: options.transport ?? {
        send: () => Promise.resolve({ kind: "unreachable", message: "no transport", retryAfter: null }),
      },
      transaction: (work) => this.#store.transaction(() => work(transaction)),
      lease: (limit) => Promise.resolve(this.#lease(limit)),
      nextDue: () => Promise.resolve(this.#nextDue()),
      readControl: () => Promise.resolve(this.control),
      updateControl: (change: ControlChange, from: ControlChange = {}) => {
        const isOther = (key: string) =>
          !isDeepStrictEqual(from[key as keyof ControlChange], this.control[key as keyof ControlChange])
        if (Object.keys(from).some(isOther)) return Promise.resolve(false)
        this.control = { ...this.control, ...change }
        return Promise.resolve(true)
      },
      jobs: memoryJobs(),
      beat: () => {
        this.control = { ...this.control, beat: this.control.beat + 1 }
        return Promise.resolve(this.control.beat)
      },
      ...(options.side === "medusa" ? { shop: this.#shop() } : {}),
      takeTurn: (task, every) => {
        const now = options.clock()
        const taken = this.#turns.get(task) ?? -Infinity
        const due = taken + every <= now || taken > now + CLOCK_STEP
        if (due) this.#turns.set(task, now)
        return Promise.resolve(due)
      },
      prune: () => DONE,
      observe: () => Promise.resolve({ records: this.#counts(), problems: [] }),
      alert: (alert) => {
        this.alerts.push(alert)
        return DONE
      },
      now: () => momentOf(options.clock()),
      ...(options.timers ? { timers: options.timers } : {}),
      random: options.random ?? (() => 0),
      newId: options.newId,
      log: { info: say, warn: say, error: say },
    }
  }

  table(entity: string): Table {
    return this.#store.table(entity)
  }

  get conflicts(): Map<string, InboxRow> {
    return this.#store.conflicts
  }

  get journal(): JournalEntry[] {
    return this.#store.journal
  }

  /** Transactions that locked in an order in which two can wait for each other. */
  get lockFaults(): readonly string[] {
    return this.#store.order.faults
  }

  /** Writes that the sync made to rows. */
  get writes(): number {
    return this.#store.writes
  }

  /** A person makes a record. `marked: false` = the hook was lost. */
  create(entity: string, fields: Document, marked = true): string {
    const { rows, remains } = this.table(entity)
    const id = this.#store.newId()
    this.#store.checkUnique(entity, id, fields)
    rows.set(id, { ...fields })
    remains.delete(id)
    if (marked) this.#store.mark(entity, id, { asked: true })
    return id
  }

  /**
   * A person changes fields; waits for whoever has locked the row. `seen` gets the row that the change replaces. What is typed
   * over the same value is not written: where a reference shows nothing, as its record is gone, it stays behind that.
   */
  edit(entity: string, id: string, fields: Document, marked = true, seen?: (row: Document) => void): void {
    this.#store.whenFree(id, () => {
      const row = this.table(entity).rows.get(id)
      if (!row || this.#store.isTaken(entity, id, fields)) return
      const shown = this.#store.row(entity, id).fields ?? row
      seen?.(shown)
      const typed = Object.entries(fields).filter(([name, value]) => (shown[name] ?? null) !== (value ?? null))
      this.table(entity).rows.set(id, merged(row, Object.fromEntries(typed)))
      if (marked) this.#store.mark(entity, id, { asked: this.#saysRelease(entity, fields) })
    })
  }

  /** A Flow or a hook of the host changes fields; only Directus knows that it was not a person. */
  automate(entity: string, id: string, fields: Document): void {
    const row = this.table(entity).rows.get(id)
    if (!row) return
    this.table(entity).rows.set(id, merged(row, fields))
    this.#store.mark(entity, id, { automatic: true, asked: this.#saysRelease(entity, fields) })
  }

  #saysRelease(entity: string, fields: Document): boolean {
    const definition = this.options.config.entities.get(entity)
    return definition !== undefined && releaseFields(definition).some((name) => name in fields)
  }

  /** Its parts go with it, and only Medusa's triggers see that. */
  remove(entity: string, id: string, marked = true, seen?: (row: Document, id: string) => void): void {
    const locked = this.#store.touchedWith(entity, id).find((touched) => this.#store.isLocked(touched))
    if (locked !== undefined) {
      this.#store.whenFree(locked, () => this.remove(entity, id, marked, seen))
      return
    }
    const row = this.table(entity).rows.get(id)
    if (!row) return
    seen?.(row, id)
    for (const part of this.#store.partsOf(entity, id)) {
      seen?.(part.row, part.id)
      this.#store.takeAway(part.entity, part.id, part.row)
      this.#store.put(this.table(part.entity).wentWith, part.id, id)
      if (marked && this.options.side === "medusa") this.#store.mark(part.entity, part.id)
    }
    this.#store.takeAway(entity, id, row)
    this.#store.followReferences(entity, id, marked)
    if (marked) this.#store.mark(entity, id)
  }

  /** Brings a removed row back with its last values and the parts that went with it, as Medusa's restore does. */
  restore(entity: string, id: string, marked = true): boolean {
    const { rows, remains } = this.table(entity)
    const row = remains.get(id)
    if (!row || rows.has(id) || this.#store.isTaken(entity, id, row) || !this.#store.references.areThere(entity, row))
      return false
    this.#store.bringBack(entity, id, row)
    this.#store.followReferences(entity, id, marked)
    if (marked) this.#store.mark(entity, id)
    for (const part of this.#store.bringPartsBack(entity, id)) if (marked) this.#store.mark(part.entity, part.id)
    return true
  }

  /** The sweep: looks at everything, whoever may have changed it. */
  sweep(): void {
    for (const [entity, { rows, links }] of this.#store.tables)
      for (const id of new Set([...rows.keys(), ...links.keys()])) this.#store.mark(entity, id)
  }

  isLocked(id: string): boolean {
    return this.#store.isLocked(id)
  }

  /** The process died: an open transaction rolls back; leases stay until they expire. */
  crash(): void {
    this.#store.rollBack()
  }

  hasDueMarks(): boolean {
    for (const { marks } of this.#store.tables.values())
      for (const mark of marks.values()) if (mark.due !== Infinity) return true
    return false
  }

  /** Is there a mark that could be leased now? */
  hasWork(): boolean {
    const now = this.options.clock()
    for (const { marks } of this.#store.tables.values())
      for (const mark of marks.values()) if (isFree(mark, now)) return true
    return false
  }

  #lease(limit: number): Mark[] {
    const now = this.options.clock()
    const leased: Mark[] = []
    const take = (later: boolean): void => {
      // Parts first: nothing may depend on a parent's mark being taken before those of its parts.
      for (const [entity, { marks }] of [...this.#store.tables].reverse()) {
        for (const [localId, mark] of marks) {
          if (leased.length >= limit) return
          if (!isFree(mark, now) || (mark.later ?? false) !== later) continue
          marks.set(localId, { ...mark, leasedUntil: now + LEASE_MS, person: false, automation: false })
          const automatic = (mark.automation ?? false) && !mark.person && mark.leasedUntil === 0
          const who = this.options.side === "directus" ? { automatic, asked: mark.asked ?? false } : {}
          leased.push({ entity, localId, n: mark.n, ...who })
        }
      }
    }
    take(false)
    take(true)
    return leased
  }

  #nextDue(): Date | null {
    let next = Infinity
    for (const { marks } of this.#store.tables.values())
      for (const mark of marks.values()) next = Math.min(next, Math.max(mark.due, mark.leasedUntil))
    return next === Infinity ? null : new Date(next)
  }

  /** When a row was made is not kept here. */
  #shop(): Shop {
    const isPriced = (product: string): boolean =>
      [...this.table("variant").rows.values()].some((row) => row["product"] === product && Array.isArray(row["prices"]))
    return {
      channels: () => Promise.resolve(["Default Sales Channel"]),
      brought: () => {
        const { links, rows } = this.table("product")
        const linked = [...links.values()].filter(({ peerId, localId }) => peerId !== null && rows.has(localId))
        const unreleased = linked.filter(isUnreleased)
        const shown = linked.filter(
          ({ localId, aliveRev }) => aliveRev === 0 && rows.get(localId)?.["status"] === "published",
        )
        return Promise.resolve({
          shown: shown.length,
          unreleased: unreleased.length,
          withoutPrice: [...shown, ...unreleased].filter(({ localId }) => !isPriced(localId)).length,
        })
      },
    }
  }

  /** When a mark was made is not kept here. */
  #counts(): RecordCounts {
    const links = this.#store.allLinks()
    const marks = [...this.#store.tables.values()].flatMap((table) => [...table.marks.values()])
    const inState = (wanted: Link["state"]) => links.filter(({ state }) => state === wanted).length
    const stopped = marks.filter(({ due }) => due === Infinity).length
    return {
      active: inState("active"),
      quarantined: this.#store.stoppedLinks().length,
      unlinked: inState("unlinked"),
      pending: marks.length - stopped,
      stopped,
      oldestAt: null,
      openConflicts: [...this.conflicts.values()].filter(({ resolvedAt }) => resolvedAt === null).length,
    }
  }

  /** The database as it is now, without what only the process knows. */
  backup(): Backup {
    return { ...this.#store.backup(), control: structuredClone(this.control) }
  }

  restoreFrom({ control, ...backup }: Backup): void {
    this.#store.restoreFrom(backup)
    this.control = structuredClone(control)
  }
}
