import type { Side } from "../document/value.ts"
import type { RecordStateName } from "./states.ts"

/** Gaps are `{{name}}`: `host`, `peer`, `count`, `when`, `who`, `fields`, `title`. Two: for one, and for more. */
export type Sentence = string | readonly [one: string, more: string]
/** The same on both hosts, or one for each. */
export type OfSide = Sentence | Readonly<Record<Side, Sentence>>

/** What a page shows beside the states of a record: the sync is off, or the mapping leaves the kind out. */
export type ShownState = RecordStateName | "off" | "unmapped"

/** What keeps a change that waits. `soon`: nothing does. */
export type WaitReason = "soon" | "pause" | "peer_away" | "retry" | "other_record" | "new_place"

export interface StateWords {
  labels: Readonly<Record<ShownState, OfSide>>
  /** Of the record itself; `new` = it is not saved yet. */
  record: Readonly<Record<ShownState | "new", OfSide>>
  waiting: Readonly<Record<WaitReason, OfSide>>
  /** By the state of the record that it waits for, `{{title}}`; `other` = of any other state, `unknown` = it is not known which. */
  needs: Readonly<Record<"stopped" | "left_alone" | "archived" | "other" | "unknown", OfSide>>
  part: Readonly<Partial<Record<RecordStateName, OfSide>>>
  peer: Readonly<Partial<Record<RecordStateName, OfSide>>>
  peer_part: Readonly<Partial<Record<RecordStateName, OfSide>>>
  pauses: Readonly<{ here: string; there: string; somebody: string; itself: string }>
  lost: OfSide
}
