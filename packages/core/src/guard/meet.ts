import { hostName } from "../document/value.ts"
import type { Control, ControlChange } from "../control.ts"
import type { HostPorts } from "../ports.ts"
import { SIZES } from "../sizes.ts"

/** What a message or an answer says about the database that it comes from. */
export interface Shown {
  epoch: string
  past?: string[] | undefined
  beat?: number
}

/**
 * Is this the database that this host is linked with?
 *
 * @returns what to remember of it; `null` when it is another one.
 */
export function meet(control: Control, { epoch, past = [], beat = 0 }: Shown): ControlChange | null {
  const { peerEpoch, peerPast, peerBeat, repair } = control
  if (peerEpoch === null) return { peerEpoch: epoch, peerBeat: beat }
  if (epoch === peerEpoch) return beat > peerBeat ? { peerBeat: beat } : {}
  if (!past.some((before) => before === peerEpoch || peerPast.includes(before))) return null
  return {
    peerEpoch: epoch,
    peerPast: [...peerPast, peerEpoch].slice(-SIZES.epochs),
    peerBeat: beat,
    repair: repair === null || repair === "peer_restored" ? "peer_restored" : "both_restored",
  }
}

/** The epochs that a message names: the peer knows one of them, or has not been heard for that many restores. */
export const toldPast = (past: string[]): string[] => past.slice(-SIZES.epochs)

/** In the place of a beat: whatever the sender has counted, it is the past. */
const BEYOND = Number.MAX_SAFE_INTEGER

/** @returns the beat that the peer's database has shown and does not remember; `null` when it has forgotten nothing. */
export function forgottenBeat({ peerEpoch, peerPast, peerBeat }: Control, { epoch, beat }: Shown): number | null {
  if (peerPast.includes(epoch)) return BEYOND
  return epoch === peerEpoch && (beat ?? 0) < peerBeat ? peerBeat : null
}

/**
 * The peer has heard a beat that this database has not reached: it was restored from a backup. It becomes another one, so
 * that messages from before count no more, and compares its links before it sends or takes anything.
 */
export async function markRestored(ports: HostPorts, { epoch, past, repair }: Control): Promise<void> {
  const both = repair === "peer_restored" || repair === "both_restored"
  const change: ControlChange = {
    epoch: ports.newId(),
    // All of them: how many there were decides from where revs are counted.
    past: [...past, epoch],
    repair: both ? "both_restored" : "restored",
  }
  if (await ports.updateControl(change, { epoch }))
    ports.log.warn(
      `The database of ${hostName(ports.side)} was restored from a backup: the other side has heard more of it than it remembers. All links are compared before anything is sent.`,
    )
}
