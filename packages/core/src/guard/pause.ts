import { SyncError } from "../errors.ts"
import type { Control, HostPorts, Pause } from "../ports.ts"

/** No answer of the peer's ends this pause: a person has to say what is meant. */
export const needsPerson = ({ code }: Pause): boolean =>
  code === "mass_delete" || code === "database_moved" || code === "by_person"

/** Nothing is sent until a person has decided. */
export const isHeld = ({ paused }: Control): boolean => paused !== null && needsPerson(paused) && !paused.accepted

/**
 * Not even a greeting leaves, and nothing is taken: from a copy of the database the peer would take it for the original's,
 * and from a side that a person has paused both ways it would send again at once what is then refused.
 */
export const isSilent = ({ paused }: Control): boolean =>
  paused?.code === "database_moved" || (paused?.code === "by_person" && paused.both === true)

/**
 * Pauses sending here until a person resumes it; with `both`, taking too. Changes are kept meanwhile.
 *
 * @throws SyncError `database_moved` when that is what it is paused for: resuming has to answer it.
 */
export async function pauseByPerson(ports: HostPorts, { both = false }: { both?: boolean } = {}): Promise<void> {
  const { paused } = await ports.readControl()
  if (paused?.code === "database_moved") throw new SyncError(paused.code, paused.message)
  await ports.updateControl({
    paused: {
      code: "by_person",
      message: `A person has paused the sync here: nothing is sent${both ? ", and nothing is taken" : ""}. Changes are kept and follow when somebody resumes it.`,
      since: ports.now().toISOString(),
      both,
    },
  })
}
