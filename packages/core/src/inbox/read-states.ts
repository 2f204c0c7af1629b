import { inquire, type Inquiry } from "../send/ask-peer.ts"
import { isStill } from "../guard/pause.ts"
import { TIMERS } from "../timers.ts"
import type { Pause } from "../control.ts"
import type { HostPorts } from "../ports.ts"
import type { ToldConflict, ToldPause, ToldState } from "../wire/messages.ts"
import { judgeRecord, type OwnState } from "./record-state.ts"
import {
  STATE_NAMES,
  worstOf,
  type RecordStateName,
  type Note,
  type PartCounts,
  type StateCause,
  type Views,
} from "../operate/states.ts"
import { seeRecords, type SeenWhole } from "./see-records.ts"

/** How a record is at the peer. */
export interface PeerState {
  state: RecordStateName
  openConflicts: number
  /** Fields of which this side's value lost there; twenty at most. */
  lost: string[]
  parts: PartCounts
}

/** How a record is on both sides together. */
export interface RecordState extends OwnState {
  /** Whose state it is. */
  cause: StateCause
  /** All that keeps it from being in sync, the worst first. */
  notes: Note[]
  /** How its parts are here. */
  parts: PartCounts
  /** `silent`: the peer did not say. `untold`: nobody was asked, or the peer is too old to say. */
  peer: PeerState | "silent" | "untold"
  /** Who has paused sending, on either side. */
  pauses: { here: Pause | null; peer: ToldPause | null }
  /** The peer's rev that this record holds, and its own: each changes with what that side changes. */
  revs: { peer: number; own: number }
}

/** What waits for people at the peer, of all records. */
export interface PeerOverview {
  pause: ToldPause | null
  conflicts: number
  stopped: number
}

/** How these records are, by their ids. The peer is asked once for all of them, and not waited for long. */
export async function readStates(
  ports: HostPorts,
  entity: string,
  localIds: readonly string[],
): Promise<Map<string, RecordState>> {
  const ids = [...new Set(localIds)]
  const control = await ports.readControl()
  const seen = await ports.transaction((tx) => seeRecords(ports.config, tx, entity, ids))
  const peerIds = seen.flatMap(({ link }) => link?.peerId ?? [])
  const answered = await askStates(ports, entity, peerIds)
  const told = new Map(peerIds.map((peerId, i) => [peerId, answered.states?.[i]]))
  const pauses = { here: isStill(control) ? control.paused : null, peer: answered.pause }
  return new Map(
    seen.map((whole, i) => {
      const own = judgeRecord(whole, control, ports.now())
      const peer = own.peerId === null ? "untold" : (told.get(own.peerId) ?? answered.without)
      return [ids[i] ?? "", stateOf(whole, own, peer, pauses)]
    }),
  )
}

function stateOf(
  { link, parts }: SeenWhole,
  own: OwnState,
  peer: RecordState["peer"],
  pauses: RecordState["pauses"],
): RecordState {
  const views: Views = {
    own: own.state,
    parts,
    isPaused: pauses.here !== null,
    peer: typeof peer === "string" ? peer : { ...peer, isPaused: pauses.peer !== null },
  }
  return { ...own, ...worstOf(views), parts, peer, pauses, revs: { peer: link?.seen ?? 0, own: link?.rev ?? 0 } }
}

interface AnsweredStates {
  states: PeerState[] | null
  pause: ToldPause | null
  /** What is known of a record that the answer leaves out. */
  without: "silent" | "untold"
}

async function askStates(ports: HostPorts, entity: string, peerIds: string[]): Promise<AnsweredStates> {
  if (peerIds.length === 0) return { states: null, pause: null, without: "untold" }
  const records = peerIds.map((id) => ({ entity, id }))
  const inquiry: Inquiry<"states"> = await inquire(ports, { kind: "states", records })
  if (inquiry.kind !== "answer")
    return { states: null, pause: null, without: inquiry.kind === "older" ? "untold" : "silent" }
  const { answer } = inquiry
  return { states: answer.records.map(knownState), pause: answer.pause, without: "silent" }
}

const isKnown = (name: string): name is RecordStateName => (STATE_NAMES as readonly string[]).includes(name)

/** A name that only a later version knows says no more than that it is not known here. */
function knownState({ state, conflicts, lost, parts }: ToldState): PeerState {
  const known: PartCounts = {}
  for (const [name, count] of Object.entries(parts)) {
    const as = isKnown(name) ? name : "unconfirmed"
    known[as] = (known[as] ?? 0) + count
  }
  return { state: isKnown(state) ? state : "unconfirmed", openConflicts: conflicts, lost, parts: known }
}

/** Milliseconds for which an answer about the whole counts: pages and monitors ask every few seconds. */
const FRESH = 4_000
const asked = new WeakMap<HostPorts, { at: number; overview: Promise<PeerOverview | "silent" | "untold"> }>()

/** What waits at the peer, by an answer of a few seconds ago at most; see `RecordState.peer` for the words. */
export function readPeerOverview(ports: HostPorts): Promise<PeerOverview | "silent" | "untold"> {
  const now = (ports.timers ?? TIMERS).now()
  const before = asked.get(ports)
  if (before && now - before.at < FRESH) return before.overview
  const overview = askOverview(ports)
  asked.set(ports, { at: now, overview })
  return overview
}

async function askOverview(ports: HostPorts): Promise<PeerOverview | "silent" | "untold"> {
  const inquiry = await inquire(ports, { kind: "states", records: [] })
  if (inquiry.kind === "older") return "untold"
  if (inquiry.kind === "silent" || !inquiry.answer.totals) return "silent"
  return { pause: inquiry.answer.pause, ...inquiry.answer.totals }
}

/** Conflicts that are open at the peer, and not here too: the newest of them. */
export interface PeerInbox {
  /** All that are open there. */
  total: number
  conflicts: ToldConflict[]
}

/** @returns `null` when the peer does not say. */
export async function readPeerInbox(ports: HostPorts, limit: number): Promise<PeerInbox | null> {
  const inquiry = await inquire(ports, { kind: "inbox", limit })
  if (inquiry.kind !== "answer") return null
  const { total, conflicts } = inquiry.answer
  const ids = conflicts.map(({ id }) => id)
  const here = await ports.transaction((tx) => tx.conflicts.lock(ids))
  const known = new Set(here.map(({ id }) => id))
  return { total, conflicts: conflicts.filter(({ id }) => !known.has(id)) }
}
