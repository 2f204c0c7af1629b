import type { Backfill } from "./operate/job.ts"
import type { ErrorCode } from "./errors.ts"
import type { Problem } from "./operate/problem.ts"
import type { KnownPlaces } from "./mapping/entity.ts"

/** Why a direction stands still. */
export interface Pause {
  code: ErrorCode
  message: string
  since: string
  /** A person has said that what it stopped is meant. */
  accepted?: boolean
  /** Of `by_person`: nothing is taken either. */
  both?: boolean
  /** Of `by_person`: who, by a name or an e-mail address; absent = it is not known. */
  by?: string
  /** Of `database_moved`: the pause of before, which goes on when the database is back. */
  before?: Pause
}

export interface Breaker {
  failures: number
  /** No request before this time; `null` = closed. ISO. */
  openUntil: string | null
}

/** One row per database. */
export interface Control {
  /** A UUID made with the database's own tables, and anew when it turns out to have been restored. */
  epoch: string
  /** The epochs before that. */
  past: string[]
  /** The epoch that the peer shows; `null` before the first contact. */
  peerEpoch: string | null
  /** The epochs that the peer showed before that. */
  peerPast: string[]
  /** Counts up once a minute; see `HostPorts.beat`. */
  beat: number
  /** The highest beat that the peer has shown. */
  peerBeat: number
  /** Nothing is sent before all links are compared, because this database or the peer's was restored. */
  repair: "restored" | "peer_restored" | "both_restored" | null
  /** Where the database was when the sync last ran with a person's consent; see `meetHome`. `null` before the first start. */
  home: string | null
  breaker: Breaker
  paused: Pause | null
  lastSuccessAt: string | null
  /** When the last message of the peer was taken; noted once a minute at most, so that an edit costs no write for it. */
  lastReceivedAt: string | null
  /** The peer's clock minus this host's, in milliseconds, as its last answer told; `null` before the first one. */
  clockOffset: number | null
  /** The last backfill. */
  backfill: Backfill | null
  /** Where this host keeps what travels, as it was at its last start; `null` before the first one. */
  places: KnownPlaces | null
  /** The problems that people were told of, and not yet that they are gone. */
  alerts: Problem[]
}

export type ControlChange = Partial<Omit<Control, "beat">>
