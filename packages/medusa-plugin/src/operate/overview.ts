import type {
  BackfillProgress,
  Drift,
  DriftReport,
  Health,
  Job,
  JobKind,
  JobKinds,
  PeerInbox,
  ToldConflict,
} from "medusa-directus-core/host"
import type { SyncStatus } from "./status"

/** All that the first look at the sync needs, in one answer. */
export interface Overview {
  status: SyncStatus
  health: Health
  backfill: BackfillProgress | null
  /** Where Directus is reached by this server, and where people open it. */
  directus: { url: string; studio_url: string } | null
  /** The kinds of records that travel, in the order in which they are sent. */
  kinds: string[]
}

/** A drift with what its record is called; `null` when it has no name any more. */
export interface NamedDrift extends Drift {
  title: string | null
}

export interface NamedReport extends DriftReport {
  drifts: NamedDrift[]
}

/** A job as a person reads it: a look for drift names its records. */
export type ToldJob<Kind extends JobKind = JobKind> = Omit<Job<Kind>, "result"> & {
  result: Kind extends "drift" ? NamedReport : JobKinds[Kind]["result"]
}

/** Conflicts that are open in Directus, and where each one can be decided. */
export interface InboxThere extends Omit<PeerInbox, "conflicts"> {
  conflicts: (ToldConflict & { directus_url: string | null })[]
}
