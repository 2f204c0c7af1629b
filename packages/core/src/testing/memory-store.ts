import { setOf } from "../document/names.ts"
import type { Document } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import type { Link } from "../link/link.ts"
import { notUnique, refusedBehind } from "../record/taken.ts"
import { fieldOf } from "../mapping/entity.ts"
import type { DocumentWrite, HostRow, JournalEntry, MatchKey, StoredConflict, TakenValue } from "../ports.ts"
import { found, merged, missing, type MemoryHostOptions, type StoredMark, type Table } from "./memory-table.ts"
import { LockOrder } from "./lock-order.ts"
import { References } from "./references.ts"
import { holderOf, namesUnique, speaksOf, uniqueFields, type UniqueField } from "./unique-fields.ts"

const nothing = (): void => undefined

export interface InboxRow extends StoredConflict {
  told: boolean
}

export interface StoreBackup {
  tables: Map<string, Table>
  conflicts: Map<string, InboxRow>
  journal: JournalEntry[]
}

/** The database of a {@link MemoryHost}: rows, links and marks, and one transaction at a time, which rolls back. */
export class MemoryStore {
  readonly options: MemoryHostOptions
  readonly conflicts = new Map<string, InboxRow>()
  journal: JournalEntry[] = []
  /** Its lines about records that went out of sight or came back, the oldest first. */
  countedLines: JournalEntry[] = []
  /** Writes that the sync made to rows. */
  writes = 0
  readonly tables = new Map<string, Table>()
  readonly references: References
  readonly order = new LockOrder()
  #running: Promise<void> | null = null
  #undo: (() => void)[] | null = null
  readonly #locked = new Set<string>()
  readonly #unique: readonly UniqueField[]
  #waiting: (() => void)[] = []
  #ids = 0
  #changes = 0

  constructor(options: MemoryHostOptions) {
    this.options = options
    this.#unique = uniqueFields(options.unique)
    this.references = new References(options.config, (entity, id) => this.table(entity).rows.has(id))
    for (const name of options.config.entities.keys()) {
      this.tables.set(name, {
        rows: new Map(),
        remains: new Map(),
        wentWith: new Map(),
        links: new Map(),
        byPeer: new Map(),
        marks: new Map(),
      })
    }
  }

  table(entity: string): Table {
    const table = this.tables.get(entity)
    if (!table) throw new Error(`no table ${entity}`)
    return table
  }

  newId(): string {
    return `${this.options.side === "medusa" ? "m" : "d"}${String(++this.#ids)}`
  }

  isLocked(id: string): boolean {
    return this.#locked.has(id)
  }

  lock(id: string): void {
    this.#locked.add(id)
  }

  partsOf(entity: string, id: string): { entity: string; id: string; row: Document }[] {
    return this.references
      .parts(entity)
      .flatMap((part) =>
        [...this.table(part.entity).rows]
          .filter(([, row]) => row[part.field] === id)
          .map(([partId, row]) => ({ entity: part.entity, id: partId, row })),
      )
  }

  takeAway(entity: string, id: string, row: Document): void {
    if (this.#undo) this.#locked.add(id)
    const { rows, remains } = this.table(entity)
    this.put(remains, id, row)
    this.put(rows, id, undefined)
  }

  bringBack(entity: string, id: string, row: Document): void {
    if (this.#undo) this.#locked.add(id)
    const { rows, remains, wentWith } = this.table(entity)
    this.put(rows, id, row)
    this.put(remains, id, undefined)
    if (wentWith.has(id)) this.put(wentWith, id, undefined)
  }

  bringPartsBack(entity: string, id: string): { entity: string; id: string }[] {
    const back: { entity: string; id: string }[] = []
    for (const part of this.references.parts(entity)) {
      const { remains, wentWith } = this.table(part.entity)
      for (const [partId, parentId] of [...wentWith]) {
        const row = parentId === id ? remains.get(partId) : undefined
        if (!row || this.isTaken(part.entity, partId, row)) continue
        this.bringBack(part.entity, partId, row)
        back.push({ entity: part.entity, id: partId })
      }
    }
    return back
  }

  /** The rows that refer to this one, each with the fields that do. */
  #holders(kind: string, id: string): { entity: string; id: string; row: Document; names: string[] }[] {
    return [...this.references.kindsThatReferTo(kind)].flatMap((entity) =>
      [...this.table(entity).rows].flatMap(([holder, row]) => {
        const names = this.references.fieldsThatName(entity, row, kind, id)
        return names.length === 0 ? [] : [{ entity, id: holder, row, names }]
      }),
    )
  }

  /** The row itself, and those that a foreign key changes when it goes. */
  touchedWith(entity: string, id: string): string[] {
    const holders = this.options.references === "emptied" ? this.#holders(entity, id) : []
    return [id, ...holders.map((holder) => holder.id)]
  }

  /** A row went or came back: what that does to whoever refers to it. */
  followReferences(kind: string, id: string, marked: boolean): void {
    const { references } = this.options
    if (references === undefined) return
    for (const { entity, id: holder, row, names } of this.#holders(kind, id)) {
      if (references === "emptied" && !this.table(kind).rows.has(id)) {
        if (this.#undo) this.#locked.add(holder)
        this.put(this.table(entity).rows, holder, merged(row, Object.fromEntries(names.map((name) => [name, null]))))
      }
      if (marked) this.put(this.table(entity).marks, holder, this.raised(this.table(entity).marks.get(holder)))
    }
  }

  whenFree(id: string, act: () => void): void {
    if (this.#locked.has(id)) this.#waiting.push(act)
    else act()
  }

  isTaken(entity: string, id: string, fields: Document): boolean {
    const rows = this.table(entity).rows
    return this.#unique.some(
      (unique) => namesUnique(fields, unique) && holderOf(rows, id, { ...rows.get(id), ...fields }, unique) !== null,
    )
  }

  /** Who holds the values that a write wants for itself. */
  takenBy(entity: string, write: DocumentWrite): TakenValue[] {
    const { rows } = this.table(entity)
    return this.#unique.flatMap((unique) => {
      if (write.kind === "remove" || !speaksOf(write, unique)) return []
      const document = write.kind === "update" ? { ...write.current, ...write.fields } : write.fields
      const holder = holderOf(rows, write.localId, document, unique)
      return holder === null ? [] : [{ ...unique, holder, column: unique.field, by: `another ${entity} (${holder})` }]
    })
  }

  /** Why new rows with these fields would be refused, each behind those before it. */
  refusals(entity: string, documents: Document[]): (string | null)[] {
    const stored = documents.map((fields) => {
      const [first] = this.takenBy(entity, { kind: "create", localId: null, peerId: "", fields })
      return first ? notUnique(first.column, first.by).message : null
    })
    const unique = this.#unique.map((each) => ({ ...each, column: each.field }))
    return refusedBehind(entity, documents, stored, unique)
  }

  /** Values that change places in one batch: whoever gets another one holds none meanwhile. */
  giveUp(entity: string, writes: readonly DocumentWrite[]): void {
    const { rows } = this.table(entity)
    for (const unique of this.#unique)
      for (const write of writes) {
        const row = write.kind === "update" && speaksOf(write, unique) ? rows.get(write.localId) : undefined
        const names = Object.keys(row ?? {}).filter((name) => setOf(name) === unique.field)
        if (row && write.localId !== null)
          this.put(rows, write.localId, merged(row, Object.fromEntries(names.map((name) => [name, null]))))
      }
  }

  checkUnique(entity: string, id: string, fields: Document): void {
    if (!this.isTaken(entity, id, fields)) return
    throw new SyncError("not_unique", `${this.#unique.map(({ field }) => field).join(", ")} is taken`)
  }

  /** A person's change commits by itself, so its mark outlives a transaction of ours that rolls back. */
  mark(entity: string, id: string, { automatic = false, asked = false } = {}): void {
    const { marks } = this.table(entity)
    marks.set(id, this.raised(marks.get(id), { automatic, asked }))
  }

  raised(mark: StoredMark | undefined, { automatic = false, asked = false } = {}): StoredMark {
    return {
      ...(asked || mark?.asked ? { asked: true } : {}),
      n: ++this.#changes,
      due: this.options.clock(),
      leasedUntil: mark?.leasedUntil ?? 0,
      person: !automatic || (mark?.person ?? false),
      automation: automatic || (mark?.automation ?? false),
    }
  }

  put<V>(map: Map<string, V>, key: string, value: V | undefined): void {
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
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running) await this.#running
    const running = this.#runOnce(work)
    this.#running = running.then(nothing, nothing)
    try {
      return await running
    } finally {
      this.#running = null
    }
  }

  async #runOnce<T>(work: () => Promise<T>): Promise<T> {
    this.#undo = []
    this.order.begin()
    try {
      this.options.at?.("begin")
      const result = await work()
      this.options.at?.("before-commit")
      this.#end(true)
      this.options.at?.("committed")
      return result
    } catch (error) {
      this.#end(false)
      throw error
    }
  }

  /** The process that had it open died. */
  rollBack(): void {
    this.#end(false)
  }

  /** Runs when the open transaction, if there is one, ends without success. */
  onUndo(undo: () => void): void {
    this.#undo?.push(undo)
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

  allLinks(): Link[] {
    return [...this.tables.values()].flatMap(({ links }) => [...links.values()])
  }

  /** Refused, or waiting for another one with a mark that nothing makes due by itself. */
  stoppedLinks(): Link[] {
    const isHeld = ({ entity, localId, heldBack }: Link): boolean =>
      heldBack && this.table(entity).marks.get(localId)?.due === Infinity
    return this.allLinks().filter((link) => link.state === "quarantined" || (link.state === "active" && isHeld(link)))
  }

  /** The database as it is now, without what only the process knows. */
  backup(): StoreBackup {
    return structuredClone({
      tables: this.tables,
      conflicts: this.conflicts,
      journal: this.journal,
    })
  }

  restoreFrom(backup: StoreBackup): void {
    const { tables, conflicts, journal } = structuredClone(backup)
    for (const [entity, table] of tables) this.tables.set(entity, table)
    this.journal = journal
    this.conflicts.clear()
    for (const [id, conflict] of conflicts) this.conflicts.set(id, conflict)
  }

  linksOf(entity: string, ids: string[]): Link[] {
    return found(this.table(entity).links, ids)
  }

  saveLink(entity: string, link: Link): void {
    const { links, byPeer } = this.table(entity)
    const old = links.get(link.localId)
    if (link.peerId !== null) {
      const holder = byPeer.get(link.peerId)
      if (holder !== undefined && holder !== link.localId)
        throw new SyncError("concurrent_write", "the peer id is taken", { retryable: true })
    }
    if (old && old.peerId !== null && old.peerId !== link.peerId) this.put(byPeer, old.peerId, undefined)
    if (link.peerId !== null) this.put(byPeer, link.peerId, link.localId)
    this.put(links, link.localId, link)
  }

  removeLink(entity: string, id: string): void {
    const { links, byPeer } = this.table(entity)
    const old = links.get(id)
    if (!old) return
    if (old.peerId !== null) this.put(byPeer, old.peerId, undefined)
    this.put(links, id, undefined)
  }

  row(entity: string, id: string): HostRow {
    const { rows, remains } = this.table(entity)
    const fields = rows.get(id)
    return fields
      ? { present: true, fields: this.references.read(entity, fields) }
      : { present: false, fields: remains.get(id) ?? null }
  }

  findByKey(entity: string, key: MatchKey): string[] {
    const found: string[] = []
    const field = key.within === undefined ? null : this.references.within(entity, key.field)
    for (const [id, row] of this.table(entity).rows)
      if (row[key.field] === key.value && (field === null || row[field] === key.within)) found.push(id)
    return found
  }

  /** A write of the sync. */
  write(entity: string, write: DocumentWrite): string {
    const { rows, remains, marks } = this.table(entity)
    this.writes++
    if (write.localId !== null && this.options.marksOwn?.())
      this.put(marks, write.localId, this.raised(marks.get(write.localId)))
    if (write.kind === "remove") {
      const row = rows.get(write.localId)
      if (!row) return write.localId
      for (const part of this.partsOf(entity, write.localId)) {
        this.takeAway(part.entity, part.id, part.row)
        this.put(this.table(part.entity).wentWith, part.id, write.localId)
      }
      this.takeAway(entity, write.localId, row)
      this.followReferences(entity, write.localId, this.options.references === "hidden")
      return write.localId
    }
    const id = write.kind === "update" ? write.localId : (write.localId ?? this.newId())
    const { rewrite, config } = this.options
    const definition = config.entities.get(entity) ?? missing(entity)
    const stored: Document = {}
    for (const name in write.fields) {
      const value = write.fields[name] ?? null
      stored[name] = rewrite && fieldOf(definition, name)?.type === "text" ? rewrite(setOf(name), value) : value
    }
    this.checkUnique(entity, id, stored)
    this.references.dropMissing(entity, stored)
    this.#locked.add(id)
    this.put(rows, id, write.kind === "update" ? merged(rows.get(id) ?? {}, stored) : merged({}, stored))
    this.put(remains, id, undefined)
    if (write.kind === "create") this.followReferences(entity, id, true)
    if (write.kind === "create" && this.options.side === "medusa") {
      for (const part of this.bringPartsBack(entity, id)) {
        const table = this.table(part.entity).marks
        this.put(table, part.id, this.raised(table.get(part.id)))
      }
    }
    return id
  }
}
