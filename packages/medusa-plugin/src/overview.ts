import type { BackfillProgress, Drift, Health, PeerInbox, ToldConflict } from "medusa-directus-core"
import type { SyncStatus } from "./adapters/status"

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

/** Conflicts that are open in Directus, and where each one can be decided. */
export interface InboxThere extends Omit<PeerInbox, "conflicts"> {
  conflicts: (ToldConflict & { directus_url: string | null })[]
}
