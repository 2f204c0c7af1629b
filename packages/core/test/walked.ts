import type { HostPorts } from "../src/ports.ts"
import type { BackfillOptions, Preview, JobKinds, WalkKind, RepairWishes, DriftReport } from "../src/operate/job.ts"
import { WALKS, type Among, type Position, type Walk } from "../src/run/walks.ts"
import { cursorAt } from "../src/repair/sweep.ts"

/** Nobody has new records. */
export const NONE: Among = { newAmong: () => Promise.resolve([]) }

/** Walks through a catalogue to its end, as one process does that nothing interrupts. */
export async function walked<Kind extends WalkKind>(
  kind: Kind,
  ports: HostPorts,
  parameters: JobKinds[Kind]["parameters"],
  among: Among = NONE,
): Promise<JobKinds[Kind]["result"]> {
  const walk: Walk<Kind> = WALKS[kind]
  const step = walk.begin(ports, among, parameters)
  let at: Position<JobKinds[Kind]["result"]> = {
    cursor: cursorAt(walk.kinds(ports, parameters)[0]),
    done: 0,
    result: walk.nothing,
  }
  while (at.cursor) at = await step({ ...at, cursor: at.cursor })
  return at.result
}

export const previewBackfill = (
  ports: HostPorts,
  kinds?: string[],
  options: Pick<BackfillOptions, "leaveDeleted"> = {},
): Promise<Preview> => walked("preview", ports, { kinds, ...options })

export const reportDrift = (ports: HostPorts, among: Among): Promise<DriftReport> => walked("drift", ports, {}, among)

/** @returns how many records were marked. */
export const repairAll = async (ports: HostPorts, among: Among, wishes: RepairWishes = {}): Promise<number> =>
  (await walked("repair", ports, wishes, among)).marked
