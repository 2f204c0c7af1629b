import { playedBy } from "./histories.ts"
import { MIXES } from "./mixes.ts"
import type { Outcome } from "./played.ts"

/** Histories to run: `count` seeds from `firstSeed` on, of one mix. */
export interface Batch {
  mix: string
  firstSeed: number
  count: number
  steps: number
}

export interface Failure {
  mix: string
  seed: number
  steps: number
  reason: string
}

export interface Tally {
  mix: string
  histories: number
  edits: number
  pushes: number
  echoes: number
  drainPushes: number
  conflicts: number
  failures: Failure[]
}

/** Runs a batch; stops at `enough` failures. */
export async function runBatch({ mix: name, firstSeed, count, steps }: Batch, enough = 10): Promise<Tally> {
  const mix = MIXES.find((candidate) => candidate.name === name)
  if (!mix) throw new Error(`There is no mix "${name}". Use one of: ${MIXES.map((m) => m.name).join(", ")}`)
  const tally: Tally = {
    mix: name,
    histories: 0,
    edits: 0,
    pushes: 0,
    echoes: 0,
    drainPushes: 0,
    conflicts: 0,
    failures: [],
  }
  for (let seed = firstSeed; seed < firstSeed + count && tally.failures.length < enough; seed++) {
    const outcome = await playedBy(seed, mix)
      .run(steps)
      .catch((error: unknown): Partial<Outcome> => ({
        failure: `threw ${error instanceof Error ? error.message : String(error)}`,
      }))
    tally.histories++
    tally.edits += outcome.edits ?? 0
    tally.pushes += outcome.pushes ?? 0
    tally.echoes += outcome.echoes ?? 0
    tally.conflicts += outcome.conflicts ?? 0
    tally.drainPushes = Math.max(tally.drainPushes, outcome.drainPushes ?? 0)
    if (outcome.failure) tally.failures.push({ mix: name, seed, steps, reason: outcome.failure })
  }
  return tally
}
