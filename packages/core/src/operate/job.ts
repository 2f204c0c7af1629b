import type { Side } from "../document/value.ts"
import type { ErrorCode } from "../errors.ts"

/** What each kind of job is started with, and what it finds. */
export interface JobKinds {
  /** Looks at all records for changes that told nobody. */
  drift: { parameters: Record<never, never>; result: DriftReport }
  /** Tells all of them, or with `thisSideWins` every record that both sides have. */
  repair: { parameters: RepairWishes; result: { marked: number } }
  /** Asks the peer what a backfill would do. */
  preview: { parameters: Pick<BackfillOptions, "kinds" | "leaveDeleted">; result: Preview }
  /** Tells the peer of what was there before; `backfill/` says how, and how it is paused. */
  backfill: { parameters: BackfillOptions; result: BackfillProgress }
}

export type JobKind = keyof JobKinds
/** What one process walks through page by page; a backfill goes at the sender's pace instead. */
export type WalkKind = Exclude<JobKind, "backfill">

export type JobState = Backfill["state"] | "failed"

/** Work on a whole catalogue, which goes on when nobody waits for it. A host keeps the last one of each kind. */
export interface Job<Kind extends JobKind = JobKind> {
  id: string
  kind: Kind
  parameters: JobKinds[Kind]["parameters"]
  state: JobState
  /** Who started it, as people know them; `null` = a program, or it is not known. */
  by: string | null
  startedAt: string
  endedAt: string | null
  /** Records that were looked at, and how many there were when it began. */
  done: number
  total: number
  /** What it has found by now. */
  result: JobKinds[Kind]["result"]
  /** Why it failed, and what to do. */
  error: { code: ErrorCode; message: string } | null
}

/** Where a walk goes on. */
export interface Cursor {
  kind: string
  /** Of a walk that looks at rows and then at links. */
  look: "rows" | "links"
  after: string | null
}

/** A job as it lies in its row, with what only the processes that work on it need to know. */
export interface HeldJob extends Omit<Job<WalkKind>, "result"> {
  /** `null` when it has ended. */
  cursor: Cursor | null
  /** The process that works on it; `null` = whoever comes first. */
  owner: string | null
  /** How often it was taken up, or failed, since it last got on. */
  attempts: number
  /** The hash of the mapping that it began with. */
  mapping: string
}

/** @param version - counts up with each write: who finds another one has lost the job. */
export interface JobRow {
  version: number
  job: HeldJob
}

/** One row for each kind of walk, in the host's own database. */
export interface JobStore {
  /** All rows, without what they have found. */
  list(): Promise<JobRow[]>
  /** What the job of this kind has found. */
  result(kind: WalkKind): Promise<unknown>
  /**
   * Writes the row of its kind in one statement, and only while its version is still this one; `null` = while there is none.
   *
   * @param result - `undefined` = it stays as it is.
   * @returns whether it was written; the version is one higher then, and 1 at first.
   */
  save(job: HeldJob, result: unknown, version: number | null): Promise<boolean>
  /** Raises the version by one, and only while it is this one. @returns whether. */
  beat(kind: WalkKind, version: number): Promise<boolean>
}

export interface BackfillOptions {
  /** All kinds of the mapping, unless some are named. */
  kinds?: string[] | undefined
  perMinute?: number | undefined
  /** New products of the shop are shown to visitors when their items are published; without it they are drafts there. */
  publish?: boolean | undefined
  /** What the peer has deleted and this host has kept is not brought back there. */
  leaveDeleted?: boolean | undefined
}

/** A walk through records that were there before the sync, one for each database. */
export interface Backfill {
  id: string
  state: "running" | "paused" | "done" | "cancelled"
  /** Kinds to walk, parents before their parts. */
  kinds: string[]
  /** The kind that is walked now and where its next page begins. */
  cursor: { kind: string; after: string | null } | null
  /** Records that were taken, and how many there were when it began. */
  taken: number
  total: number
  /** Of these, the records that the peer had deleted and that were asked back, and their parts; absent = none. */
  back?: number
  /** Those stay as they are. */
  leaveDeleted?: boolean
  /** Records a minute at most; `null` = as fast as they are sent. */
  perMinute: number | null
  /** New products of the shop are shown as their items are, and not made as drafts. Absent in one of an older version. */
  publish?: boolean
  /** What became of new products, when it was done; absent = none were told of, or the shop did not say. */
  shop?: BroughtToShop
  startedAt: string
  /** When it last went on after a start or a pause, and how many were taken by then. */
  resumedAt: string
  takenBefore: number
  endedAt: string | null
}

export interface BackfillProgress extends Backfill {
  back: number
  /** Taken records that have been sent or needed nothing. */
  done: number
  /** Taken records that wait to be sent. */
  waiting: number
  /** Records of these kinds that a person has to look at. */
  quarantined: number
  perSecond: number
  /** `null` while nothing moves. */
  secondsLeft: number | null
}

/** New products that a backfill has brought to the shop. */
export interface BroughtToShop extends Brought {
  channels: string[]
}

/** How many values of one field of a kind would lose on one side. */
export interface LostCount {
  entity: string
  /** Without its members: all texts of a map of translations count together. */
  field: string
  /** On whose side they were typed. */
  side: Side
  count: number
}

/** One value that would lose. */
export interface LostValue {
  entity: string
  localId: string
  title: string | null
  /** The title of the record that it is a part of. */
  parentTitle: string | null
  field: string
  side: Side
  /** The beginnings of both, as text; `null` = it is empty. */
  loses: string | null
  wins: string | null
}

/** Values that somebody has typed and that would go to the inbox. */
export interface Losses {
  count: number
  fields: LostCount[]
  sample: LostValue[]
}

/** What visitors of the shop would see of it. */
export interface Showing {
  /**
   * Products that are published here and that the shop has not got, has deleted, or holds as drafts that wait: drafts there until
   * somebody releases them, unless the backfill publishes.
   */
  published: number
  /** Of those, the ones without a price. */
  withoutPrice: number
  /** Products that the shop has and does not show, and that become visible in any case: the mapping lets this side win. */
  turned: number
  /** Variants that the shop has deleted and that come back by themselves: they can be bought where their product is on sale. */
  variants: number
  /** Sales channels that new products are put into. */
  channels: string[]
}

/** A record that would stop. */
export interface Stopped {
  entity: string
  localId: string
  reason: string
  /** Its own, and that of the record that it is a part of; `null` also while the preview is under way. */
  title: string | null
  parentTitle: string | null
}

/** What a backfill would do, without doing it. */
export interface Preview {
  /** The other side would make a new record. */
  create: number
  /** The other side has deleted it, this one has kept it, and it would be there again. */
  back: number
  /** It has the record already, and would link it. */
  match: number
  /** It would write some fields of it. */
  change: number
  /** Nothing is to be done. */
  same: number
  stopped: number
  /** The first of those that a person has to decide about. */
  problems: Stopped[]
  losses: Losses
  /** `null` when no products would be told of to a shop. */
  showing: Showing | null
}

/** A record that is not as its link remembers it: something changed it and told nobody, or the change waits to be sent. */
export interface Drift {
  entity: string
  localId: string
  /**
   * `new`: no link yet. `gone`, `back`: the row left or returned. `untold`: its mark was lost. `apart`: fields have a place
   * that is new here, and the peer was not asked yet for what it has.
   */
  kind: "new" | "changed" | "gone" | "back" | "untold" | "apart"
  /** Names of the fields that differ. */
  fields: string[]
}

/** What differs, and nobody has told of. */
export interface DriftReport {
  /** Of all drifts; `drifts` may hold fewer. */
  count: number
  drifts: Drift[]
  /** How many more have changed and wait to be sent. */
  waiting: number
}

export interface RepairWishes {
  /** All fields are told again, so that what this side shows stays unless the peer has news of its own. */
  thisSideWins?: boolean | undefined
  /** Of all: what the peer has deleted and this host has kept is not brought back there. */
  leaveDeleted?: boolean | undefined
}

/** New products of the shop that came from the peer. */
export interface Brought {
  /** Visitors see them, and they were made or told of since then. */
  shown: number
  /** They wait for a release, whenever they were made. */
  unreleased: number
  /** Of both, those without a price. */
  withoutPrice: number
}
