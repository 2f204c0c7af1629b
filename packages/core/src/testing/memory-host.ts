import { isDeepStrictEqual } from "node:util"
import { setOf } from "../document/members.ts"
import type { Document } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { parentIn } from "../flow/capture.ts"
import { CLOSED } from "../guard/breaker.ts"
import type { Alert } from "../health/problem.ts"
import { isAlive, isAnnouncedAs, isTombstone, type Link } from "../link/link.ts"
import { fieldOf } from "../mapping/entity.ts"
import type {
  Control,
  ControlChange,
  DocumentWrite,
  HostPorts,
  HostRow,
  HostTransaction,
  JournalEntry,
  Mark,
  MatchKey,
  RecordCounts,
  StoredConflict,
} from "../ports.ts"
import { isCompared, linkDigest, sumUp } from "../repair/digest.ts"
import { References } from "./references.ts"
import { found, merged, missing, type MemoryHostOptions, type StoredMark, type Table } from "./memory-table.ts"

const LEASE_MS = 60_000
const DONE = Promise.resolve()
const nothing = (): void => undefined

interface InboxRow extends StoredConflict {
  told: boolean
}

export interface Backup {
  tables: Map<string, Table>
  control: Control
  conflicts: Map<string, InboxRow>
  journal: JournalEntry[]
}

const pageOf = (ids: string[], after: string | null, limit: number): string[] =>
  ids
    .sort()
    .filter((id) => after === null || id > after)
    .slice(0, limit)

const isFree = (mark: StoredMark, now: number): boolean => mark.due <= now && mark.leasedUntil <= now

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
  readonly conflicts = new Map<string, InboxRow>()
  journal: JournalEntry[] = []
  control: Control
  /** What people were told. */
  readonly alerts: Alert[] = []
  readonly ports: HostPorts
  /** Writes that the sync made to rows. */
  writes = 0
  readonly #tables = new Map<string, Table>()
  readonly #references: References
  #running: Promise<void> | null = null
  #undo: (() => void)[] | null = null
  #isOwn = false
  readonly #locked = new Set<string>()
  readonly #turns = new Map<string, number>()
  #waiting: (() => void)[] = []
  #ids = 0
  #changes = 0

  constructor(options: MemoryHostOptions) {
    this.options = options
    this.#references = new References(options.config, (entity, id) => this.table(entity).rows.has(id))
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
      alerts: [],
    }
    for (const name of options.config.entities.keys()) {
      this.#tables.set(name, {
        rows: new Map(),
        remains: new Map(),
        wentWith: new Map(),
        links: new Map(),
        byPeer: new Map(),
        marks: new Map(),
      })
    }
    const say = options.log ?? (() => undefined)
    this.ports = {
      side: options.side,
      config: options.config,
      instance: "memory",
      transport: options.transport ?? {
        send: () => Promise.resolve({ kind: "unreachable", message: "no transport", retryAfter: null }),
      },
      transaction: ({ own }, work) => this.#transaction(own, work),
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
      beat: () => {
        this.control = { ...this.control, beat: this.control.beat + 1 }
        return Promise.resolve(this.control.beat)
      },
      takeTurn: (task, every) => {
        const now = options.clock()
        const due = (this.#turns.get(task) ?? -Infinity) + every <= now
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
      random: options.random ?? (() => 0),
      newId: options.newId,
      log: { info: say, warn: say, error: say },
    }
  }

  table(entity: string): Table {
    const table = this.#tables.get(entity)
    if (!table) throw new Error(`no table ${entity}`)
    return table
  }

  /** A person makes a record. `marked: false` = the hook was lost. */
  create(entity: string, fields: Document, marked = true): string {
    const { rows, remains } = this.table(entity)
    const id = `${this.options.side === "medusa" ? "m" : "d"}${String(++this.#ids)}`
    this.#checkUnique(entity, id, fields)
    rows.set(id, { ...fields })
    remains.delete(id)
    if (marked) this.#mark(entity, id)
    return id
  }

  /** A person changes fields; waits for whoever has locked the row. `seen` gets the row that the change replaces. */
  edit(entity: string, id: string, fields: Document, marked = true, seen?: (row: Document) => void): void {
    this.#whenFree(id, () => {
      const row = this.table(entity).rows.get(id)
      if (!row || this.#isTaken(entity, id, fields)) return
      seen?.(row)
      this.table(entity).rows.set(id, merged(row, fields))
      if (marked) this.#mark(entity, id)
    })
  }

  /** A Flow or a hook of the host changes fields; only Directus knows that it was not a person. */
  automate(entity: string, id: string, fields: Document): void {
    const row = this.table(entity).rows.get(id)
    if (!row) return
    this.table(entity).rows.set(id, merged(row, fields))
    this.#mark(entity, id, true)
  }

  /** Its parts go with it, and only Medusa's triggers see that. */
  remove(entity: string, id: string, marked = true, seen?: (row: Document, id: string) => void): void {
    this.#whenFree(id, () => {
      const row = this.table(entity).rows.get(id)
      if (!row) return
      seen?.(row, id)
      for (const part of this.#partsOf(entity, id)) {
        seen?.(part.row, part.id)
        this.#takeAway(part.entity, part.id, part.row)
        this.#put(this.table(part.entity).wentWith, part.id, id)
        if (marked && this.options.side === "medusa") this.#mark(part.entity, part.id)
      }
      this.#takeAway(entity, id, row)
      if (marked) this.#mark(entity, id)
    })
  }

  /** Brings a removed row back with its last values and the parts that went with it, as Medusa's restore does. */
  restore(entity: string, id: string, marked = true): boolean {
    const { rows, remains } = this.table(entity)
    const row = remains.get(id)
    if (!row || rows.has(id) || this.#isTaken(entity, id, row) || !this.#references.areThere(entity, row)) return false
    this.#bringBack(entity, id, row)
    if (marked) this.#mark(entity, id)
    for (const part of this.#bringPartsBack(entity, id)) if (marked) this.#mark(part.entity, part.id)
    return true
  }

  #partsOf(entity: string, id: string): { entity: string; id: string; row: Document }[] {
    return this.#references
      .parts(entity)
      .flatMap((part) =>
        [...this.table(part.entity).rows]
          .filter(([, row]) => row[part.field] === id)
          .map(([partId, row]) => ({ entity: part.entity, id: partId, row })),
      )
  }

  #takeAway(entity: string, id: string, row: Document): void {
    if (this.#undo) this.#locked.add(id)
    const { rows, remains } = this.table(entity)
    this.#put(remains, id, row)
    this.#put(rows, id, undefined)
  }

  #bringBack(entity: string, id: string, row: Document): void {
    if (this.#undo) this.#locked.add(id)
    const { rows, remains, wentWith } = this.table(entity)
    this.#put(rows, id, row)
    this.#put(remains, id, undefined)
    if (wentWith.has(id)) this.#put(wentWith, id, undefined)
  }

  #bringPartsBack(entity: string, id: string): { entity: string; id: string }[] {
    const back: { entity: string; id: string }[] = []
    for (const part of this.#references.parts(entity)) {
      const { remains, wentWith } = this.table(part.entity)
      for (const [partId, parentId] of [...wentWith]) {
        const row = parentId === id ? remains.get(partId) : undefined
        if (!row || this.#isTaken(part.entity, partId, row)) continue
        this.#bringBack(part.entity, partId, row)
        back.push({ entity: part.entity, id: partId })
      }
    }
    return back
  }

  /** The sweep: looks at everything, whoever may have changed it. */
  sweep(): void {
    for (const [entity, { rows, links }] of this.#tables)
      for (const id of new Set([...rows.keys(), ...links.keys()])) this.#mark(entity, id)
  }

  isLocked(id: string): boolean {
    return this.#locked.has(id)
  }

  /** The process died: an open transaction rolls back; leases stay until they expire. */
  crash(): void {
    this.#end(false)
  }

  hasDueMarks(): boolean {
    for (const { marks } of this.#tables.values())
      for (const mark of marks.values()) if (mark.due !== Infinity) return true
    return false
  }

  /** Is there a mark that could be leased now? */
  hasWork(): boolean {
    const now = this.options.clock()
    for (const { marks } of this.#tables.values()) for (const mark of marks.values()) if (isFree(mark, now)) return true
    return false
  }

  #whenFree(id: string, act: () => void): void {
    if (this.#locked.has(id)) this.#waiting.push(act)
    else act()
  }

  #isTaken(entity: string, id: string, fields: Document): boolean {
    const { unique } = this.options
    const value = unique === undefined ? null : (fields[unique] ?? null)
    if (unique === undefined || value === null) return false
    for (const [other, row] of this.table(entity).rows) if (other !== id && row[unique] === value) return true
    return false
  }

  #checkUnique(entity: string, id: string, fields: Document): void {
    if (this.#isTaken(entity, id, fields)) throw new SyncError("not_unique", `${this.options.unique ?? ""} is taken`)
  }

  /** A person's change commits by itself, so its mark outlives a transaction of ours that rolls back. */
  #mark(entity: string, id: string, automatic = false): void {
    const { marks } = this.table(entity)
    marks.set(id, this.#raised(marks.get(id), automatic))
  }

  #raised(mark: StoredMark | undefined, automatic = false): StoredMark {
    return {
      n: ++this.#changes,
      due: this.options.clock(),
      leasedUntil: mark?.leasedUntil ?? 0,
      automatic: automatic && (mark?.automatic ?? true),
    }
  }

  #put<V>(map: Map<string, V>, key: string, value: V | undefined): void {
    if (this.#undo) {
      const old = map.get(key)
      this.#undo.push(() => {
        if (old === undefined) map.delete(key)
        else map.set(key, old)
      })
    }
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }

  /** One at a time, as on a database with one connection. */
  async #transaction<T>(own: boolean, work: (tx: HostTransaction) => Promise<T>): Promise<T> {
    while (this.#running) await this.#running
    this.#isOwn = own
    const running = this.#runOnce(work)
    this.#running = running.then(nothing, nothing)
    try {
      return await running
    } finally {
      this.#running = null
    }
  }

  async #runOnce<T>(work: (tx: HostTransaction) => Promise<T>): Promise<T> {
    this.#undo = []
    try {
      this.options.at?.("begin")
      const result = await work(this.#tx)
      this.options.at?.("before-commit")
      this.#end(true)
      this.options.at?.("committed")
      return result
    } catch (error) {
      this.#end(false)
      throw error
    }
  }

  #end(commit: boolean): void {
    const undo = this.#undo ?? []
    this.#undo = null
    if (!commit) for (let i = undo.length - 1; i >= 0; i--) undo[i]?.()
    this.#locked.clear()
    const waiting = this.#waiting
    this.#waiting = []
    for (const act of waiting) act()
  }

  #lease(limit: number): Mark[] {
    const now = this.options.clock()
    const leased: Mark[] = []
    const take = (later: boolean): void => {
      // Parts first: nothing may depend on a parent's mark being taken before those of its parts.
      for (const [entity, { marks }] of [...this.#tables].reverse()) {
        for (const [localId, mark] of marks) {
          if (leased.length >= limit) return
          if (!isFree(mark, now) || (mark.later ?? false) !== later) continue
          marks.set(localId, { ...mark, leasedUntil: now + LEASE_MS, automatic: true })
          const automatic =
            this.options.side === "directus" ? { automatic: mark.automatic && mark.leasedUntil === 0 } : {}
          leased.push({ entity, localId, n: mark.n, ...automatic })
        }
      }
    }
    take(false)
    take(true)
    return leased
  }

  #nextDue(): Date | null {
    let next = Infinity
    for (const { marks } of this.#tables.values())
      for (const mark of marks.values()) next = Math.min(next, Math.max(mark.due, mark.leasedUntil))
    return next === Infinity ? null : new Date(next)
  }

  readonly #tx: HostTransaction = {
    links: {
      find: (entity, ids) => Promise.resolve(this.#links(entity, ids)),
      findByPeer: (entity, peerIds) => {
        const { byPeer } = this.table(entity)
        return Promise.resolve(this.#links(entity, found(byPeer, peerIds)))
      },
      findByAnnounced: (entity, keys) =>
        Promise.resolve(
          [...this.table(entity).links.values()].filter(
            (link) => link.peerId === null && keys.some((key) => isAnnouncedAs(link, key)),
          ),
        ),
      count: (entity, since) => {
        const links = [...this.table(entity).links.values()].filter(({ peerId }) => peerId !== null)
        const ended = links.filter(
          (link) =>
            link.standing === "gone" &&
            link.aliveRev > 0 &&
            (link.aliveRev > link.acked ||
              (link.syncSource === this.options.side && (link.lastSyncedAt ?? "") > since.toISOString())),
        )
        return Promise.resolve({ linked: links.filter(isAlive).length, ended: ended.length })
      },
      findHeldBack: (entity) =>
        Promise.resolve(
          [...this.table(entity).links.values()].filter(({ heldBack }) => heldBack).map(({ localId }) => localId),
        ),
      findByParent: (entity, parentIds) =>
        Promise.resolve(
          [...this.table(entity).links.values()].filter(
            ({ parentId }) => parentId !== null && parentIds.includes(parentId),
          ),
        ),
      lock: (entity, ids) => Promise.resolve(this.#links(entity, ids)),
      save: (entity, links) => {
        for (const link of links) this.#saveLink(entity, link)
        return DONE
      },
      remove: (entity, ids) => {
        for (const id of ids) this.#removeLink(entity, id)
        return DONE
      },
      countQuarantined: (entities) =>
        Promise.resolve(
          this.#allLinks().filter(({ entity, state }) => state === "quarantined" && entities.includes(entity)).length,
        ),
      quarantined: (entities, limit, offset) => {
        const name = ({ entity, localId }: Link): string => `${entity}\n${localId}`
        const links = this.#allLinks().filter(
          ({ entity, state }) => state === "quarantined" && entities.includes(entity),
        )
        return Promise.resolve(links.sort((a, b) => (name(a) < name(b) ? -1 : 1)).slice(offset, offset + limit))
      },
      removeTombstones: () => {
        for (const link of this.#allLinks()) if (isTombstone(link.localId)) this.#removeLink(link.entity, link.localId)
        return DONE
      },
      digest: () => Promise.resolve(sumUp(this.options.side, this.#allLinks())),
      inBuckets: (buckets, limit) =>
        Promise.resolve(
          this.#allLinks()
            .filter((link) => isCompared(link) && buckets.includes(linkDigest(this.options.side, link)[0]))
            .slice(0, limit),
        ),
      page: (entity, after, limit) => Promise.resolve(pageOf([...this.table(entity).links.keys()], after, limit)),
    },
    documents: {
      count: (entity) => Promise.resolve(this.table(entity).rows.size),
      page: (entity, after, limit) => {
        const definition = this.options.config.entities.get(entity)
        const places = [...this.table(entity).rows].map(([id, row]): string =>
          JSON.stringify([(definition && parentIn(definition, row)) ?? null, id]),
        )
        const page = pageOf(places, after, limit)
        const next = page.length < limit ? null : (page.at(-1) ?? null)
        return Promise.resolve({ ids: page.map((place) => (JSON.parse(place) as [unknown, string])[1]), next })
      },
      lock: (entity, ids) => {
        for (const id of ids) if (this.table(entity).rows.has(id)) this.#locked.add(id)
        this.options.at?.("locked")
        return DONE
      },
      read: (entity, ids) => {
        const rows = new Map<string, HostRow>()
        for (const id of ids) rows.set(id, this.#row(entity, id))
        this.options.at?.("read")
        return Promise.resolve(rows)
      },
      present: (entity, ids) => {
        const there = ids.filter((id) => this.#row(entity, id).present)
        this.options.at?.("read")
        return Promise.resolve(new Set(there))
      },
      findByKeys: (entity, keys) => Promise.resolve(keys.map((key) => this.#findByKey(entity, key))),
      write: (entity, writes) => {
        if (!this.#isOwn) throw new Error("The sync writes rows in a transaction that is not marked as its own.")
        this.options.at?.("before-write")
        const ids = writes.map((write) => this.#write(entity, write))
        this.options.at?.("written")
        return Promise.resolve(ids)
      },
      refusals: (_, documents) => Promise.resolve(documents.map(() => null)),
      showPeer: () => DONE,
    },
    marks: {
      add: (entity, ids) => {
        const { marks } = this.table(entity)
        for (const id of ids) this.#put(marks, id, this.#raised(marks.get(id)))
        return DONE
      },
      addLater: (entity, ids) => {
        const { marks } = this.table(entity)
        for (const id of ids) if (!marks.has(id)) this.#put(marks, id, { ...this.#raised(undefined), later: true })
        return DONE
      },
      countLater: () => {
        const marks = [...this.#tables.values()].flatMap((table) => [...table.marks.values()])
        return Promise.resolve(marks.filter(({ later, due }) => later && due !== Infinity).length)
      },
      clear: (marks) => {
        for (const { entity, localId, n } of marks) {
          const table = this.table(entity).marks
          const mark = table.get(localId)
          if (mark) this.#put(table, localId, mark.n === n ? undefined : { ...mark, leasedUntil: 0 })
        }
        return DONE
      },
      putBack: async (marks, at) => {
        await this.#tx.marks.postpone(marks, at)
        for (const { entity, localId, automatic } of marks) {
          const table = this.table(entity).marks
          const mark = table.get(localId)
          if (mark && automatic === false) this.#put(table, localId, { ...mark, automatic })
        }
      },
      postpone: (marks, at) => {
        for (const { entity, localId, n } of marks) {
          const table = this.table(entity).marks
          const mark = table.get(localId)
          if (mark)
            this.#put(table, localId, {
              ...mark,
              leasedUntil: 0,
              due: mark.n === n ? (at?.getTime() ?? Infinity) : this.options.clock(),
            })
        }
        return DONE
      },
    },
    conflicts: {
      add: (conflicts) => {
        for (const conflict of conflicts)
          if (!this.conflicts.has(conflict.id))
            this.#put(this.conflicts, conflict.id, { ...conflict, resolvedAt: null, told: false })
        return DONE
      },
      lock: (ids) => Promise.resolve(found(this.conflicts, ids)),
      resolve: (ids, at) => this.#changeConflicts(ids, { resolvedAt: at }),
      untold: (limit) =>
        Promise.resolve(
          [...this.conflicts.values()]
            .filter(({ resolvedAt, told }) => resolvedAt !== null && !told)
            .slice(0, limit)
            .map(({ id }) => id),
        ),
      told: (ids) => this.#changeConflicts(ids, { told: true }),
    },
    addJournal: (entries) => {
      const before = this.journal
      this.#undo?.push(() => {
        this.journal = before
      })
      this.journal = [...entries]
      return DONE
    },
  }

  #changeConflicts(ids: string[], change: Partial<InboxRow>): Promise<void> {
    for (const conflict of found(this.conflicts, ids))
      this.#put(this.conflicts, conflict.id, { ...conflict, ...change })
    return DONE
  }

  /** When a mark was made is not kept here. */
  #counts(): RecordCounts {
    const links = this.#allLinks()
    const marks = [...this.#tables.values()].flatMap((table) => [...table.marks.values()])
    const inState = (wanted: Link["state"]) => links.filter(({ state }) => state === wanted).length
    const stopped = marks.filter(({ due }) => due === Infinity).length
    return {
      active: inState("active"),
      quarantined: inState("quarantined"),
      unlinked: inState("unlinked"),
      pending: marks.length - stopped,
      stopped,
      oldestAt: null,
      openConflicts: [...this.conflicts.values()].filter(({ resolvedAt }) => resolvedAt === null).length,
    }
  }

  #allLinks(): Link[] {
    return [...this.#tables.values()].flatMap(({ links }) => [...links.values()])
  }

  /** The database as it is now, without what only the process knows. */
  backup(): Backup {
    return structuredClone({
      tables: this.#tables,
      control: this.control,
      conflicts: this.conflicts,
      journal: this.journal,
    })
  }

  restoreFrom(backup: Backup): void {
    const { tables, control, conflicts, journal } = structuredClone(backup)
    for (const [entity, table] of tables) this.#tables.set(entity, table)
    this.control = control
    this.journal = journal
    this.conflicts.clear()
    for (const [id, conflict] of conflicts) this.conflicts.set(id, conflict)
  }

  #links(entity: string, ids: string[]): Link[] {
    return found(this.table(entity).links, ids)
  }

  #saveLink(entity: string, link: Link): void {
    const { links, byPeer } = this.table(entity)
    const old = links.get(link.localId)
    if (link.peerId !== null) {
      const holder = byPeer.get(link.peerId)
      if (holder !== undefined && holder !== link.localId)
        throw new SyncError("concurrent_write", "the peer id is taken", { retryable: true })
    }
    if (old && old.peerId !== null && old.peerId !== link.peerId) this.#put(byPeer, old.peerId, undefined)
    if (link.peerId !== null) this.#put(byPeer, link.peerId, link.localId)
    this.#put(links, link.localId, link)
  }

  #removeLink(entity: string, id: string): void {
    const { links, byPeer } = this.table(entity)
    const old = links.get(id)
    if (!old) return
    if (old.peerId !== null) this.#put(byPeer, old.peerId, undefined)
    this.#put(links, id, undefined)
  }

  #row(entity: string, id: string): HostRow {
    const { rows, remains } = this.table(entity)
    const fields = rows.get(id)
    return fields
      ? { present: true, fields: this.#references.read(entity, fields) }
      : { present: false, fields: remains.get(id) ?? null }
  }

  #findByKey(entity: string, key: MatchKey): string[] {
    const found: string[] = []
    const field = key.within === undefined ? null : this.#references.within(entity, key.field)
    for (const [id, row] of this.table(entity).rows)
      if (row[key.field] === key.value && (field === null || row[field] === key.within)) found.push(id)
    return found
  }

  #write(entity: string, write: DocumentWrite): string {
    const { rows, remains, marks } = this.table(entity)
    this.writes++
    if (write.localId !== null && this.options.marksOwn?.())
      this.#put(marks, write.localId, this.#raised(marks.get(write.localId)))
    if (write.kind === "remove") {
      const row = rows.get(write.localId)
      if (!row) return write.localId
      for (const part of this.#partsOf(entity, write.localId)) {
        this.#takeAway(part.entity, part.id, part.row)
        this.#put(this.table(part.entity).wentWith, part.id, write.localId)
      }
      this.#takeAway(entity, write.localId, row)
      return write.localId
    }
    const id =
      write.kind === "update"
        ? write.localId
        : (write.localId ?? `${this.options.side === "medusa" ? "m" : "d"}${String(++this.#ids)}`)
    const { rewrite, config } = this.options
    const definition = config.entities.get(entity) ?? missing(entity)
    const stored: Document = {}
    for (const name in write.fields) {
      const value = write.fields[name] ?? null
      stored[name] = rewrite && fieldOf(definition, name)?.type === "text" ? rewrite(setOf(name), value) : value
    }
    this.#checkUnique(entity, id, stored)
    this.#references.dropMissing(entity, stored)
    this.#locked.add(id)
    this.#put(rows, id, write.kind === "update" ? merged(rows.get(id) ?? {}, stored) : merged({}, stored))
    this.#put(remains, id, undefined)
    if (write.kind === "create" && this.options.side === "medusa") {
      for (const part of this.#bringPartsBack(entity, id)) {
        const table = this.table(part.entity).marks
        this.#put(table, part.id, this.#raised(table.get(part.id)))
      }
    }
    return id
  }
}
