import type { Side } from "../../src/document/value.ts"
import type { Outgoing } from "../../src/flow/prepare-push.ts"
import type { Reply } from "../../src/ports.ts"

export interface Request {
  kind: "request"
  from: Side
  outgoing: Outgoing
  readyAt: number
  /** Nobody waits for the answer any more. */
  isCut?: boolean
}

/** What is under way between the hosts of a history. */
export type Packet = Request | { kind: "reply"; to: Side; outgoing: Outgoing; reply: Reply; readyAt: number }

export const LOST: Reply = { kind: "unreachable", message: "lost", retryAfter: null }

/** Answers after which a record is tried again by schedule. */
export const WAITS = new Set(["failed", "await", "quarantined", "need_parent"])
