import type { Side } from "../document/value.ts"
import type { ConflictContext } from "../record/conflict.ts"
import { isTombstone, type Link } from "../link/link.ts"
import type { Rivals } from "./match-all.ts"
import type { RecordResult } from "../wire/messages.ts"

/** The arguments of planning that are not data: who we are, and the time and ids of this delivery. */
export interface ApplyContext extends RecordContext, ConflictContext {
  /** The rev before the first one of this database. */
  base: number
  /** Of the whole message: what is refused in it is applied in pieces. */
  rivals?: Rivals
}

/** What an answer is recorded with. */
export interface RecordContext {
  side: Side
  now: Date
  /** The message's id; it stands in the journals of both hosts. */
  syncId: string
}

export const answer = (st: RecordResult["st"], link: Link | null, ack: number): RecordResult => ({
  st,
  ack,
  peer: link && !isTombstone(link.localId) ? link.localId : null,
  rev: link?.rev ?? 0,
})

/** An answer that stops the record until a person acts. The reason names ids, never values. */
export const quarantineAnswer = (code: string, reason: string): RecordResult => ({
  st: "quarantined",
  ack: 0,
  peer: null,
  rev: 0,
  code,
  reason,
})

/** An answer that is tried again. */
export const failure = (code: string, reason: string): RecordResult => ({
  st: "failed",
  ack: 0,
  peer: null,
  rev: 0,
  code,
  reason,
})
