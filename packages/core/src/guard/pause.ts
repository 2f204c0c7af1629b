import { changeControl } from "../change-control.ts"
import { SyncError } from "../errors.ts"
import type { Control, ControlChange, Pause } from "../control.ts"
import type { HostClock, HostControl } from "../ports.ts"
import { CLOSED } from "./breaker.ts"

/** No answer of the peer's ends this pause: a person has to say what is meant. */
export const needsPerson = ({ code }: Pause): boolean =>
  code === "mass_delete" || code === "mass_change" || code === "database_moved" || code === "by_person"

/** Nothing is sent until a person has decided. */
export const isHeld = ({ paused }: Control): boolean => paused !== null && needsPerson(paused) && !paused.accepted

/** Nothing is sent, for whatever reason. */
export const isStill = ({ paused }: Pick<Control, "paused">): boolean => paused !== null && !paused.accepted

/**
 * Not even a greeting leaves, and nothing is taken: from a copy of the database the peer would take it for the original's,
 * and from a side that a person has paused both ways it would send again at once what is then refused.
 */
export const isSilent = ({ paused }: Control): boolean =>
  paused?.code === "database_moved" || (paused?.code === "by_person" && paused.both === true)

/**
 * Pauses sending here until a person resumes it; with `both`, taking too. Changes are kept meanwhile.
 *
 * @param by - who did, in words that a person knows them by; both sides show it.
 * @throws SyncError `database_moved` when that is what it is paused for: resuming has to answer it.
 */
export async function pauseByPerson(
  ports: HostControl & HostClock,
  { both = false, by }: { both?: boolean; by?: string | null | undefined } = {},
): Promise<void> {
  const pause: Pause = {
    code: "by_person",
    message: `${by ?? "A person"} has paused the sync here: nothing is sent${both ? ", and nothing is taken" : ""}. Changes are kept and follow when somebody resumes it.`,
    since: ports.now().toISOString(),
    both,
    ...(by == null ? {} : { by }),
  }
  await changeControl(ports, ({ paused }) => {
    if (paused?.code === "database_moved") throw new SyncError(paused.code, paused.message)
    return { paused: pause }
  })
}

export interface ResumeOptions {
  /** Link with the database that answers from now on, for example after the peer's was restored from a backup. */
  acceptPeerEpoch?: boolean | undefined
  /** The deletes that stopped the sync are meant. */
  acceptDeletes?: boolean | undefined
  /** The database is here now, and is no copy; see `meetHome`. */
  home?: string | undefined
}

/** It ends when all that it held back has been told: until then a sweep finds the same records again. */
const isAccepted = (paused: Pause | null, acceptDeletes: boolean | undefined): paused is Pause =>
  paused?.code === "mass_change" || (paused?.code === "mass_delete" && acceptDeletes === true)

/**
 * Ends a pause and the rest after failures: what was to be sent is sent now.
 *
 * @returns the columns that it changed, as they were before.
 * @throws SyncError `invalid_options` when it is paused because the database was found elsewhere, and `home` does not answer it.
 */
export async function resumeByPerson(
  ports: HostControl,
  { acceptPeerEpoch, acceptDeletes, home }: ResumeOptions = {},
): Promise<ControlChange> {
  let before: ControlChange = {}
  await changeControl(ports, (control): ControlChange => {
    const { paused, breaker, peerEpoch, repair } = control
    if (paused?.code === "database_moved" && home === undefined) throw new SyncError("invalid_options", paused.message)
    before = { paused, breaker, peerEpoch, repair, home: control.home }
    return {
      paused: isAccepted(paused, acceptDeletes) ? { ...paused, accepted: true } : null,
      breaker: CLOSED,
      ...(home === undefined ? {} : { home }),
      ...(acceptPeerEpoch ? { peerEpoch: null, repair: "peer_restored" } : {}),
    }
  })
  return before
}
