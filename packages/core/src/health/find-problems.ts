import { hostName, otherSide, type Side } from "../document/value.ts"
import type { ErrorCode } from "../errors.ts"
import { isStill } from "../guard/pause.ts"
import type { PeerOverview } from "../inbox/read-states.ts"
import type { Control, Observed } from "../ports.ts"
import type { Problem } from "./problem.ts"

const MINUTE = 60_000
/** Greetings go out twice a minute: three of them were not answered. */
const SILENCE = 1.5 * MINUTE
/** That the peer was heard is noted once a minute at most. */
const UNHEARD = 4 * MINUTE
/** As many greetings as the peer says in that time. */
const UNHEARD_BEATS = 10
const OLD = 15 * MINUTE
const CLOCKS = MINUTE

/** What each side calls the other one's address. */
export const ADDRESS: Record<Side, string> = { medusa: "directusUrl", directus: "MEDUSA_URL" }

/** Where a pause's own message does not say what to do. */
const FIX: Partial<Record<ErrorCode, string>> = {
  epoch_mismatch:
    'If that is right (restored, new), send {"acceptPeerEpoch": true} to resume on both sides; if not, connect the right one.',
  wrong_receiver: `Check ${ADDRESS.medusa} and ${ADDRESS.directus}.`,
}

export interface Seen {
  side: Side
  control: Control
  observed: Observed
  /** What waits at the peer; see `readPeerOverview`. */
  peer: PeerOverview | "silent" | "untold"
  now: Date
}

/** Has the peer not come here itself for a while? */
export const isUnheard = ({ lastReceivedAt, beat }: Control, now: Date): boolean =>
  lastReceivedAt === null ? beat > UNHEARD_BEATS : now.getTime() - Date.parse(lastReceivedAt) > UNHEARD

const more = (count: number | undefined, peer: string): string => (count ? ` In ${peer}: ${String(count)}.` : "")

/** What is wrong, the gravest first. A symptom is named only where its cause is not. */
export function findProblems({ side, control, observed, peer: told, now }: Seen): Problem[] {
  const there = typeof told === "string" ? null : told
  const { paused, lastSuccessAt, lastReceivedAt, clockOffset } = control
  const { quarantined, openConflicts, oldestAt } = observed.records
  const peer = hostName(otherSide(side))
  const age = (at: string | null): number => (at === null ? Infinity : now.getTime() - Date.parse(at))
  const problems: Problem[] = []
  const add = (code: Problem["code"], since: string | null, message: string) => problems.push({ code, message, since })

  if (paused && isStill(control))
    add(paused.code, paused.since, [paused.message, FIX[paused.code]].filter(Boolean).join(" "))
  else if (age(lastSuccessAt) > SILENCE)
    add(
      "peer_unreachable",
      lastSuccessAt,
      `${peer} ${lastSuccessAt === null ? "has never answered" : `has not answered since ${lastSuccessAt}`}. Nothing is lost: changes are kept and sent when it does. Check that it runs, that the other half of the sync is on there, and ${ADDRESS[side]}.`,
    )
  else if (isUnheard(control, now))
    add(
      "peer_not_heard",
      lastReceivedAt,
      `${peer} answers, but ${lastReceivedAt === null ? "has never come here" : `was last heard at ${lastReceivedAt}`}. Its changes wait there: check ${ADDRESS[otherSide(side)]} on its side, and its own health.`,
    )
  else if (oldestAt !== null && age(oldestAt) > OLD)
    add(
      "changes_wait",
      oldestAt,
      `A change waits since ${oldestAt}, and ${peer} answers. The journal of the records that wait says why; if there is nothing, look at this host's log.`,
    )
  if (there?.pause && paused?.code !== "peer_paused") {
    const { code, since, by } = there.pause
    const who = by === undefined ? "" : ` by ${by}`
    const why = code === "by_person" ? "" : ` (${code})`
    add(
      "peer_paused",
      since,
      `${peer} is paused${who} since ${since}${why}: its changes wait there, and come here when it is resumed there.`,
    )
  }
  problems.push(...observed.problems)
  if (quarantined > 0)
    add(
      "quarantined",
      null,
      `${String(quarantined)} ${quarantined === 1 ? "record is" : "records are"} stopped: ${peer} or this host refused ${quarantined === 1 ? "it" : "them"} several times. Each has its reason; mend it, then change the record or retry it.${more(there?.stopped, peer)}`,
    )
  else if (there && there.stopped > 0)
    add(
      "quarantined",
      null,
      `${String(there.stopped)} ${there.stopped === 1 ? "record is" : "records are"} stopped in ${peer}, and none here. Each has its reason there.`,
    )
  if (clockOffset != null && Math.abs(clockOffset) > CLOCKS)
    add(
      "clock_skew",
      null,
      `${peer}'s clock is ${String(Math.round(Math.abs(clockOffset) / 1000))} s ${clockOffset > 0 ? "ahead of" : "behind"} this host's. The sync goes on; set both clocks by NTP.`,
    )
  if (openConflicts > 0)
    add(
      "open_conflicts",
      null,
      `${String(openConflicts)} ${openConflicts === 1 ? "conflict waits" : "conflicts wait"} for a decision. Nothing stands still because of that.${more(there?.conflicts, peer)}`,
    )
  else if (there && there.conflicts > 0)
    add(
      "open_conflicts",
      null,
      `${String(there.conflicts)} ${there.conflicts === 1 ? "conflict waits" : "conflicts wait"} for a decision in ${peer}, and none here. Nothing stands still because of that.`,
    )
  return problems
}
