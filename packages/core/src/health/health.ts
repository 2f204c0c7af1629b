import type { Side } from "../document/value.ts"
import { newPlacesOf } from "../record/apart.ts"
import type { Backfill } from "../operate/job.ts"
import { isStill } from "../guard/pause.ts"
import { readPeerOverview, type PeerOverview } from "../inbox/read-states.ts"
import type { Breaker } from "../control.ts"
import type { HostPorts, RecordCounts, HostDatabase, HostSelf } from "../ports.ts"
import { PROTOCOL, VERSION } from "../version.ts"
import { findProblems, type Seen } from "./find-problems.ts"
import { problemOf } from "../operate/explain-problem.ts"
import type { Problem } from "../operate/problem.ts"

export interface Health {
  /** `stopped`: nothing is sent until a person does something. `degraded`: it goes on, and something is not as it should be. */
  state: "ok" | "degraded" | "stopped"
  side: Side
  problems: Problem[]
  versions: { host: string | null; sync: string; protocol: number }
  /** `null` while the sync is off. */
  details: HealthDetails | null
}

/** Times are ISO. */
export interface HealthDetails {
  records: RecordCounts
  /** What waits for people at the peer; `null` = it does not say. */
  peer: PeerOverview | null
  oldestPendingSeconds: number | null
  /** The last answer that the peer gave, and the last message of its own that was taken; the second one to the minute. */
  lastSuccessAt: { sent: string | null; received: string | null }
  breaker: Breaker
  beat: { own: number; peer: number }
  /** Milliseconds that the peer's clock is ahead; `null` = not known. */
  clockOffset: number | null
  backfill: Pick<Backfill, "state" | "taken" | "total" | "startedAt" | "endedAt"> | null
}

const versionsOf = (host: string | null): Health["versions"] => ({ host, sync: VERSION, protocol: PROTOCOL })

/** Pure: what a host counts, remembers and sees of itself, judged. */
export function judgeHealth(seen: Seen, host: string | null): Health {
  const { side, control, observed, peer, now } = seen
  const { records } = observed
  const problems = findProblems(seen)
  const isStopped = isStill(control)
  const isDegraded = problems.some(({ severity }) => severity !== "note")
  const { backfill } = control
  return {
    state: isStopped ? "stopped" : isDegraded ? "degraded" : "ok",
    side,
    problems,
    versions: versionsOf(host),
    details: {
      records,
      peer: typeof peer === "string" ? null : peer,
      oldestPendingSeconds:
        records.oldestAt === null
          ? null
          : Math.max(0, Math.round((now.getTime() - Date.parse(records.oldestAt)) / 1000)),
      lastSuccessAt: { sent: control.lastSuccessAt, received: control.lastReceivedAt },
      breaker: control.breaker,
      beat: { own: control.beat, peer: control.peerBeat },
      clockOffset: control.clockOffset,
      backfill: backfill && {
        state: backfill.state,
        taken: backfill.taken,
        total: backfill.total,
        startedAt: backfill.startedAt,
        endedAt: backfill.endedAt,
      },
    },
  }
}

/** The health of a sync that does not run. */
export const healthWhenOff = (side: Side, reason: string, host: string | null): Health => ({
  state: "stopped",
  side,
  problems: [problemOf(side, "sync_off", { message: reason })],
  versions: versionsOf(host),
  details: null,
})

/** For a monitor that looks at nothing else. */
export const statusOf = ({ state }: Health): number => (state === "stopped" ? 503 : 200)

async function countApart({ config, transaction }: HostSelf & HostDatabase): Promise<Seen["apart"]> {
  const found: Seen["apart"] = { count: 0, fields: [] }
  for (const entity of config.entities.values()) {
    const since = newPlacesOf(entity)
    if (since.size === 0) continue
    const whole = entity.fields.get(entity.parent ?? "")?.to ?? null
    const apart = await transaction(({ links }) => links.countApart(entity.name, since, whole))
    found.count += apart.records
    found.fields.push(...apart.places.sort().map((place) => `${entity.name}.${place}`))
  }
  return found
}

export async function look(ports: HostPorts): Promise<Seen> {
  const [control, observed] = [await ports.readControl(), await ports.observe()]
  const [apart, peer] = [await countApart(ports), await readPeerOverview(ports)]
  return { side: ports.side, control, observed, peer, apart, now: ports.now() }
}

/** @param host - the version of Medusa or Directus. */
export const readHealth = async (ports: HostPorts, host: string | null): Promise<Health> =>
  judgeHealth(await look(ports), host)
