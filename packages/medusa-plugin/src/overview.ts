import type { BackfillProgress, DeletePolicy, Health, Owner, Side } from "medusa-directus-core"
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

export interface MappedField {
  name: string
  medusa: string | null
  directus: string | null
  type: string
  owner: Owner
  wins: Side
}

/** One kind of record as the mapping has it. */
export interface MappedKind {
  kind: string
  collection: string
  match_keys: string[]
  deletes: Record<Side, DeletePolicy>
  fields: MappedField[]
}
