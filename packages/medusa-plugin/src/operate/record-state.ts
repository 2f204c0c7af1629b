import type {
  CanonicalValue,
  CodecType,
  Owner,
  RecordState as State,
  RecordStateName,
  Side,
} from "medusa-directus-core/host"

/**
 * What a person should know first about one record: the engine's word, or `off` when the sync does not run and `unmapped`
 * when the mapping leaves the kind out.
 */
export type RecordVerdict = RecordStateName | "off" | "unmapped"

/** Why a change is not there yet. `soon`: nothing keeps it. */
export type WaitingFor = "soon" | "pause" | "peer" | "retry" | "other_record" | "new_place"

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
  /** The worst that either side knows of it. */
  verdict: RecordVerdict
  /** What both sides say; `null` while the record does not travel. */
  sides: Pick<State, "cause" | "notes" | "parts" | "peer" | "pauses" | "revs"> | null
  /** In the engine's own words: a code, a colon and a sentence. */
  reason: string | null
  /** The record that it waits for in Medusa; `null` = none that it names. */
  needs: { entity: string; local_id: string; title: string | null; state: RecordStateName } | null
  /** Of what waits in Medusa, or is stopped because another record is. */
  waiting: { for: WaitingFor; since: string | null; next_try_at: string | null } | null
  /** The last time that a value of it travelled, and which way. */
  last: { at: string; from: Side } | null
  standing: "alive" | "archived" | "ignored" | "gone" | "along" | null
  /** Where people open it in Directus. */
  directus_url: string | null
  conflicts: ConflictState[]
  fields: FieldRule[]
  /** The newest lines first. */
  journal: JournalLine[]
  journal_count: number
}
