import type { CanonicalValue, CodecType, Owner, Side } from "medusa-directus-core"

/**
 * What a person should know first about one record. `off`, `unmapped` and `unlinked` are no failure: the sync does not run,
 * the mapping leaves the kind out, or a person has left the record alone. `new`: Directus has no record of it yet.
 */
export type RecordVerdict =
  "off" | "unmapped" | "new" | "in_sync" | "waiting" | "conflict" | "stopped" | "unlinked" | "ended"

/** Why a change is not there yet. `soon`: nothing keeps it. */
export type WaitingFor = "soon" | "pause" | "peer" | "retry" | "other_record"

export interface FieldRule {
  name: string
  owner: Owner
  wins: Side
  type: CodecType
}

export interface ConflictState {
  id: string
  entity: string
  local_id: string
  field: string
  /** `read_only`: the field belongs to one side. `loop`: automations kept answering each other. */
  kind: "concurrent" | "read_only" | "loop"
  losing_side: Side
  losing_value: CanonicalValue
  /** What stands now. */
  value: CanonicalValue
  title: string | null
  parent_title: string | null
  /** How the field's values are written; `null` when it is not mapped any more. */
  type: CodecType | null
  /** May another value be put in its place on this side? */
  editable: boolean
  at: string
  resolved_at: string | null
}

export interface JournalLine {
  id: string
  at: string
  entity: string
  local_id: string
  direction: "in" | "out"
  event: string
  fields: string[]
  reason: string | null
  title?: string | null
}

/** All that the widget of one record shows. Times are UTC ISO. */
export interface RecordState {
  entity: string
  id: string
  verdict: RecordVerdict
  /** In the engine's own words: a code, a colon and a sentence. */
  reason: string | null
  waiting: { for: WaitingFor; since: string | null; next_try_at: string | null } | null
  /** The last time that a value of it travelled, and which way. */
  last: { at: string; from: Side } | null
  standing: "alive" | "archived" | "ignored" | "gone" | "along" | null
  /** Where people open it in Directus. */
  directus_url: string | null
  /** Its variants and images that are not in sync; `null` when it has no parts. */
  parts: { total: number; waiting: number; stopped: number; conflicts: number } | null
  conflicts: ConflictState[]
  fields: FieldRule[]
  /** The newest lines first. */
  journal: JournalLine[]
  journal_count: number
}
