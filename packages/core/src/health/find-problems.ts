import { listed } from "../document/names.ts"
import type { Side } from "../document/value.ts"
import { isStill } from "../guard/pause.ts"
import type { PeerOverview } from "../inbox/read-states.ts"
import type { Control } from "../control.ts"
import type { Observed } from "../ports.ts"
import { problemOf, type Found } from "../operate/explain-problem.ts"
import type { Facts, Problem } from "../operate/problem.ts"

const MINUTE = 60_000
/** Greetings go out twice a minute: three of them were not answered. */
const SILENCE = 1.5 * MINUTE
/** That the peer was heard is noted once a minute at most. */
const UNHEARD = 4 * MINUTE
/** As many greetings as the peer says in that time. */
const UNHEARD_BEATS = 10
const OLD = 15 * MINUTE
const CLOCKS = MINUTE

export interface Seen {
  side: Side
  control: Control
  observed: Observed
  /** What waits at the peer; see `readPeerOverview`. */
  peer: PeerOverview | "silent" | "untold"
  /** Records with fields that are new here and that both sides have not agreed on, and those fields. */
  apart: { count: number; fields: string[] }
  now: Date
}

/** Has the peer not come here itself for a while? */
export const isUnheard = ({ lastReceivedAt, beat }: Control, now: Date): boolean =>
  lastReceivedAt === null ? beat > UNHEARD_BEATS : now.getTime() - Date.parse(lastReceivedAt) > UNHEARD

/** What is here, what is at the peer, and which of the two the sentence is about. */
function counted(count: number, there: number): { variant?: string; facts: Facts } {
  const facts = { count, there }
  if (there === 0) return { facts }
  return { variant: count > 0 ? "both" : "there", facts }
}

/** What is wrong, the gravest first. A symptom is named only where its cause is not. */
export function findProblems({ side, control, observed, peer: told, apart, now }: Seen): Problem[] {
  const there = typeof told === "string" ? null : told
  const { paused, lastSuccessAt, lastReceivedAt, clockOffset } = control
  const { quarantined, openConflicts, oldestAt } = observed.records
  const age = (at: string | null): number => (at === null ? Infinity : now.getTime() - Date.parse(at))
  const problems: Problem[] = []
  const add = (...[code, found]: [Problem["code"], Found?]) => problems.push(problemOf(side, code, found))
  const never = (at: string | null) => (at === null ? { variant: "never" } : { since: at })

  if (paused && isStill(control)) {
    const { code, since, message, by } = paused
    add(code, { since, message, severity: "stopped", ...(by === undefined ? {} : { variant: "by", facts: { by } }) })
  } else if (age(lastSuccessAt) > SILENCE) add("peer_unreachable", never(lastSuccessAt))
  else if (isUnheard(control, now)) add("peer_not_heard", never(lastReceivedAt))
  else if (oldestAt !== null && age(oldestAt) > OLD) add("changes_wait", { since: oldestAt })
  if (there?.pause && paused?.code !== "peer_paused") add("peer_paused", pausedThere(there.pause))
  problems.push(...observed.problems)
  const stopped = quarantined + (there?.stopped ?? 0)
  if (stopped > 0) add("quarantined", counted(quarantined, stopped - quarantined))
  if (apart.count > 0) add("new_places", { facts: { count: apart.count, fields: listed(apart.fields) } })
  if (clockOffset != null && Math.abs(clockOffset) > CLOCKS)
    add("clock_skew", {
      facts: { seconds: Math.round(Math.abs(clockOffset) / 1000) },
      ...(clockOffset > 0 ? {} : { variant: "behind" }),
    })
  const conflicts = openConflicts + (there?.conflicts ?? 0)
  if (conflicts > 0) add("open_conflicts", counted(openConflicts, conflicts - openConflicts))
  return problems
}

function pausedThere({ code, since, by }: NonNullable<PeerOverview["pause"]>): Found {
  if (by !== undefined) return { since, variant: "by", facts: { by } }
  return code === "by_person" ? { since } : { since, variant: "cause", facts: { cause: code } }
}
