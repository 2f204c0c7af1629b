import type { CanonicalValue, Document, Side } from "./document/value.ts"
import type { ErrorCode } from "./errors.ts"
import type { Control, ControlChange } from "./control.ts"
import type { Alert, Problem } from "./operate/problem.ts"
import type { Brought, JobStore } from "./operate/job.ts"
import type { Link } from "./link/link.ts"
import type { SyncConfig } from "./mapping/config.ts"
import type { Bucket, DigestedLink } from "./link/digest.ts"
import type { Timers } from "./timers.ts"
import type { Answer, Message, RecordResult } from "./wire/messages.ts"

/**
 * A record as its host stores it now. `fields` of an absent row are its last values, when the host still has them: also
 * of a part that went with its parent, by a cascade or by the sync's own write.
 */
export interface HostRow {
  present: boolean
  fields: Document | null
}

/** What a host says of a record that it does not hold. */
export const NO_ROW: HostRow = { present: false, fields: null }

/**
 * "This record may have changed": one row per record. Every change gives it an `n` that this record never had before,
 * not even before the mark was cleared once, so that clearing can compare and set.
 */
export interface Mark {
  entity: string
  localId: string
  n: number
  /**
   * The host's own automations have changed the record since it was last leased, and no person has; absent when the host
   * can never tell.
   */
  automatic?: boolean
  /**
   * Somebody has made the record or said the field that shows it, or a backfill that publishes has taken it: what waits for a
   * release is released. Absent in Medusa, where it means nothing.
   */
  asked?: boolean
}

/** The field and value under which a record is found on the other host before it is linked. */
export interface MatchKey {
  field: string
  value: string
  /** The record among whose parts the key is unique; absent when it is unique among all of the kind. */
  within?: string
}

export type DocumentWrite =
  /** A new record. With `localId` a removed one comes back under its old id. `fields` is the whole document. */
  | { kind: "create"; localId: string | null; peerId: string; fields: Document }
  /** Only `fields` change; `current` is the document as it was just read. */
  | { kind: "update"; localId: string; peerId: string; fields: Document; current: Document }
  | { kind: "remove"; localId: string }

/** A value of a write that only one record of this host may have, and another one has. */
export interface TakenValue {
  /** Of a set or a map all members together are the value. */
  field: string
  /** The reference to the record within which it is unique; absent when it is unique among all of the kind. */
  within?: string
  /** The other record. */
  holder: string
  /** The host's own name of the field, and of the other record; see `notUnique`. */
  column: string
  by: string
}

/** A value that lost, kept for a person. The id is the same on both hosts, so one conflict is never two rows. */
export interface Conflict {
  id: string
  entity: string
  localId: string
  peerId: string
  field: string
  /** `concurrent`: both sides changed it. `read_only`: the other side owns it. `loop`: automations kept answering each other. */
  kind: "concurrent" | "read_only" | "loop"
  losingSide: Side
  losingValue: CanonicalValue
  winningFingerprint: string
  at: string
}

/** What the guard against mass deletes counts by. */
export type CountedLine = Pick<JournalEntry, "localId" | "event">

/** One line of "what happened to this record". Names and counters only, never a value. */
export interface JournalEntry {
  at: string
  entity: string
  localId: string
  direction: "in" | "out"
  event: string
  fields: string[]
  reason: string | null
  syncId: string
}

export interface LinkCounts {
  linked: number
  inSight: number
  ended: number
  endedInSight: number
}

export interface ApartCounts {
  records: number
  places: string[]
}

export interface LinkStore {
  /** Without a lock, like the next four: to find out which rows to lock. */
  find(entity: string, localIds: string[]): Promise<Link[]>
  findByPeer(entity: string, peerIds: string[]): Promise<Link[]>
  /** Links without a peer by `announced` and by `withdrawn`. */
  findByAnnounced(entity: string, keys: string[]): Promise<Link[]>
  /** The links of all parts of these records, gone ones too. */
  findByParent(entity: string, parentIds: string[]): Promise<Link[]>
  /** The local ids of links with `heldBack`; with `referringTo` of those alone that {@link findReferring} would find. */
  findHeldBack(entity: string, referringTo?: string[]): Promise<string[]>
  /**
   * The local ids of links with a field that may refer to one of these records: by its `went`, by a member's name or by the
   * fingerprint of the id.
   */
  findReferring(entity: string, ids: string[]): Promise<string[]>
  /**
   * How many records of the kind are alive on both sides, and how many ends of records here are still to be told or were
   * told since `since`; and how many of either are, or were, in sight (`isInSight`). A part that went along with its parent
   * has no end of its own.
   */
  count(entity: string, since: Date, sights: readonly Sight[]): Promise<LinkCounts>
  /** Locks the rows for this transaction, in the order of their ids, and returns those that exist. */
  lock(entity: string, localIds: string[]): Promise<Link[]>
  /**
   * Inserts or updates. `(entity, localId)` and `(entity, peerId)` are unique.
   * @throws SyncError `concurrent_write` (retryable) when another transaction linked the same record meanwhile.
   */
  save(entity: string, links: Link[]): Promise<void>
  remove(entity: string, localIds: string[]): Promise<void>
  /**
   * Of how many records of the kind `placesToAsk` names one of these places, and which of them; those that rest with
   * their whole do not count (`restingWholes`).
   *
   * @param since - of each place that came later.
   * @param whole - the kind of what these are parts of.
   */
  countApart(entity: string, since: ReadonlyMap<string, number>, whole: string | null): Promise<ApartCounts>
  /** Records that were refused, and those that wait for another one and whose mark is stopped. */
  countQuarantined(entities: string[]): Promise<number>
  /** Of these, those that count so. */
  stopped(entity: string, localIds: string[]): Promise<ReadonlySet<string>>
  /** All of them, by kind and id. */
  quarantined(entities: string[], limit: number, offset: number): Promise<Link[]>
  /** Removes all links of records that this host never saw; see `isTombstone`. */
  removeTombstones(): Promise<void>
  /** Sums of all links of all kinds, see `digestSql` and `sumUp`. */
  digest(): Promise<Bucket[]>
  /** Up to `limit` links of these buckets, of all kinds. */
  inBuckets(buckets: number[], limit: number): Promise<DigestedLink[]>
  /** The next `limit` local ids of all links, in a fixed order. */
  page(entity: string, after: string | null, limit: number): Promise<string[]>
}

/** Some of all ids in a fixed order. */
export interface IdPage {
  ids: string[]
  /** What to ask with for those behind them; `null` when these are the last. */
  next: string | null
}

export interface DocumentStore {
  /**
   * Up to `limit` local ids of rows that are present. Parts of one record come together: a receiver that gets them in one
   * message looks at the whole once.
   */
  page(entity: string, after: string | null, limit: number): Promise<IdPage>
  /** How many rows are present. */
  count(entity: string): Promise<number>
  /** Locks the host's own rows that exist, in the order of their ids, until the transaction ends. */
  lock(entity: string, localIds: string[]): Promise<void>
  /** What the database holds now, past any cache; one answer per id. */
  read(entity: string, localIds: string[]): Promise<Map<string, HostRow>>
  /** Those that {@link read} would call present. */
  present(entity: string, localIds: string[]): Promise<Set<string>>
  /**
   * For each key the local ids of present rows that hold it; `key.within` is the local id of the record that they are parts
   * of.
   */
  findByKeys(entity: string, keys: MatchKey[]): Promise<string[][]>
  /**
   * Writes through the host's own services and returns the local ids in the order of `writes`.
   * @throws SyncError `not_unique` or `rejected_by_host` when the host refuses a value.
   */
  write(entity: string, writes: DocumentWrite[]): Promise<string[]>
  /** Of each of these, the values that only one present row may have and another one has; as far as can be told without writing. */
  taken(entity: string, writes: DocumentWrite[]): Promise<TakenValue[][]>
  /**
   * Why each of these would be refused as a new record behind those before it, as far as can be told without writing; `null` =
   * for no reason known.
   */
  refusals(entity: string, documents: Document[]): Promise<(string | null)[]>
  /** Shows the peer's id on the host's row, where the host has a place for it. Never counts as a change. */
  showPeer(entity: string, pairs: { localId: string; peerId: string }[]): Promise<void>
}

export interface MarkStore {
  /**
   * Makes a mark, or raises `n` of the one that is there, and makes it due now.
   *
   * @param isOwn - of an apply, which has just read the record: what anybody has changed by then has a mark of its own. Without it the
   *   mark counts as a person's, since nobody knows who made the change.
   */
  add(entity: string, localIds: string[], isOwn?: boolean): Promise<void>
  /** The same where nobody has changed the record: a mark that is a backfill's stays one. */
  wake(entity: string, localIds: string[]): Promise<void>
  /**
   * The same for a backfill: these come behind all others. A mark stays as it is, unless it is stopped.
   *
   * @param asked - see {@link Mark}; also a record that is marked already is asked for.
   */
  addLater(entity: string, localIds: string[], asked?: boolean): Promise<void>
  /** How many marks of a backfill are still to be sent, and those that are asked for: a backfill may have asked. */
  countLater(): Promise<number>
  /** Removes each mark whose `n` is still the same; gives the lease of the others back, due now. */
  clear(marks: Mark[]): Promise<void>
  /** Gives the lease back. A mark whose `n` has changed is due now, the others at `at`; `null` = when a person or a change asks. */
  postpone(marks: Mark[], at: Date | null): Promise<void>
  /** The same for marks whose records were not looked at after all: who made their changes counts on. */
  putBack(marks: Mark[], at: Date): Promise<void>
  /**
   * Of records that were leased and have just been read: those that a person has changed since they were leased. A host that
   * can never tell is not asked.
   */
  changedByPeople(entity: string, localIds: string[]): Promise<ReadonlySet<string>>
  /** Of these, the records that have a mark, whoever waits for what. */
  marked(entity: string, localIds: string[]): Promise<ReadonlySet<string>>
}

/** A conflict as it lies in the inbox. */
export interface StoredConflict extends Conflict {
  /** When it was decided, here or on the peer; ISO. */
  resolvedAt: string | null
}

export type OpenConflict = Pick<Conflict, "localId" | "field" | "losingSide">

export interface ConflictStore {
  /** One that is there already stays as it is. */
  add(conflicts: Conflict[]): Promise<void>
  lock(ids: string[]): Promise<StoredConflict[]>
  /** Those that are still open; the peer is to be told. */
  resolve(ids: string[], at: string): Promise<void>
  /** Up to `limit` ids of conflicts that were decided here and that the peer has not been told of. */
  untold(limit: number): Promise<string[]>
  told(ids: string[]): Promise<void>
  /** The open ones of these records, without their values. */
  openOf(entity: string, localIds: string[]): Promise<OpenConflict[]>
  /** The open ones of all records, the newest first. */
  newest(limit: number): Promise<StoredConflict[]>
}

/** Everything that one transaction of the host's own database can do. An empty list asks the database nothing. */
export interface HostTransaction {
  links: LinkStore
  documents: DocumentStore
  marks: MarkStore
  conflicts: ConflictStore
  addJournal(entries: JournalEntry[]): Promise<void>
  /** What the journal says of this kind since then with one of `COUNTED_EVENTS`, the oldest line first. */
  countedLines(entity: string, since: Date): Promise<CountedLine[]>
}

/** How many records are how. */
export interface RecordCounts {
  active: number
  quarantined: number
  unlinked: number
  /** Changed, and to be sent. */
  pending: number
  /** Changed, and waiting for a person or another change. */
  stopped: number
  /** When the oldest of the pending ones changed, ISO; those that a backfill took do not count. */
  oldestAt: string | null
  openConflicts: number
}

/** What a host counts, and what only it can see of itself. */
export interface Observed {
  records: RecordCounts
  problems: Problem[]
}

export type Reply =
  | { kind: "results"; results: RecordResult[]; epoch: string; past?: string[]; answer?: Answer; clockOffset?: number }
  /** The peer understood and said no to the whole message. */
  | { kind: "refused"; code: ErrorCode; message: string; mapping?: CanonicalValue; beat?: number }
  /** No usable answer: network, 408, 429, 5xx. `retryAfter` in milliseconds. */
  | { kind: "unreachable"; message: string; retryAfter: number | null }

export interface Transport {
  send(message: Message): Promise<Reply>
}

/** What only the shop can say. */
export interface Shop {
  /** Names of the sales channels that a new product is put into. */
  channels(): Promise<string[]>
  /** What became of products that were made from the peer's. */
  brought(since: Date): Promise<Brought>
}

/** Which host it is, and what it syncs. */
export interface HostSelf {
  side: Side
  config: SyncConfig
  /** A name for this installation that a person can recognise. */
  instance: string
}

export interface HostDatabase {
  /** Runs `work` in one transaction. The host's capture skips what the transaction writes. */
  transaction<T>(work: (tx: HostTransaction) => Promise<T>): Promise<T>
}

/** The row that says how the sync stands, and whose turn it is among several processes. */
export interface HostControl {
  readControl(): Promise<Control>
  /** With `from`, in one statement and only while these columns still say so. @returns whether it was changed. */
  updateControl(change: ControlChange, from?: ControlChange): Promise<boolean>
  /** Raises `beat` by one in one statement. @returns the new one. */
  beat(): Promise<number>
  /** Of several processes one gets the turn of a task whose last turn began `every` milliseconds ago or earlier. */
  takeTurn(task: string, every: number): Promise<boolean>
}

/** What is to be sent. */
export interface HostMarks {
  /**
   * Takes up to `limit` due marks for this process, oldest and most urgent first, skipping what others hold. Unless it was
   * `woken` by an event, a host whose own changes commit in several transactions leaves out marks of the last second:
   * there is more to come, and it would take a second request.
   */
  lease(limit: number, woken?: boolean): Promise<Mark[]>
  /** When the next mark is due that `lease` takes without being woken; `null` when there is none. */
  nextDue(): Promise<Date | null>
}

/** Time, chance and names. */
export interface HostClock {
  now(): Date
  /** Absent: the process's own, as on every host; a simulation has others. */
  timers?: Timers
  /** 0 ≤ n < 1, for jitter. */
  random(): number
  newId(): string
}

export interface HostPeer {
  transport: Transport
}

/** Who hears of what happens. */
export interface HostVoice {
  log: Logger
  /** Tells people who can do something, as they expect it of the host. */
  alert(alert: Alert): Promise<void>
}

/** All that a host gives the engine. The same on both hosts; `testing/` has the in-memory one. */
export interface HostPorts extends HostSelf, HostDatabase, HostControl, HostMarks, HostClock, HostPeer, HostVoice {
  /** Work on the whole catalogue; see `runJobs`. */
  jobs: JobStore
  observe(): Promise<Observed>
  /** Absent in Directus. */
  shop?: Shop
  /** Removes what is older than the host keeps: lines of the journal, decided conflicts. */
  prune(): Promise<void>
}

/** Ids, revs, sizes and codes only: never a value, a header or a secret. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** One field that decides whether visitors of the shop see a record. */
export interface Sight {
  field: string
  /** Fingerprints of values. */
  fps: string[]
  /** Are these the values with which it is seen, or those with which it is not? */
  seen: boolean
}
