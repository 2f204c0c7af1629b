import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { whereFrom } from "../errors.ts"
import { holdMassChange } from "../guard/mass-change.ts"
import type { HostPorts } from "../ports.ts"
import { hasNewPlaces } from "../mapping/places.ts"
import { askAboutPlaces, sweepOnce, type SweepOptions } from "../repair/sweep.ts"

export interface Sweep {
  stop(): Promise<void>
}

/** How often a process asks whether it is its turn, in milliseconds at most. */
const ASK = 30_000
/** The share of the time in which a process has no time for this. */
const BUSY = 0.75
const BREATH = 1_000
/** Of the time of a busy process that a page may wait for. */
const PATIENCE = 60

/** How often the peer is asked about places that are new here where nobody sweeps, in milliseconds. */
const PLACES = 300_000

/**
 * Sweeps every `every` milliseconds, in one process at a time, and slower the busier that one is.
 *
 * @param every - 0 = never: then the peer is still asked about places that are new here, until it has told of all.
 * @param found - there are new marks.
 */
export function runSweep(
  ports: HostPorts,
  every: number,
  { newAmong }: Pick<SweepOptions, "newAmong">,
  found: () => void,
): Sweep {
  let stopped = false
  let running: Promise<void> | null = null
  const rest = async (tookMs: number): Promise<boolean> => {
    let share = performance.eventLoopUtilization()
    await sleep(Math.max(20, 3 * tookMs), undefined, { ref: false })
    for (let waited = 0; !stopped && waited < PATIENCE; waited++) {
      if (performance.eventLoopUtilization(share).utilization <= BUSY) break
      share = performance.eventLoopUtilization()
      await sleep(BREATH, undefined, { ref: false })
    }
    return !stopped
  }
  const askOnly = async (): Promise<void> => {
    if (!(await ports.takeTurn("places", PLACES))) return
    if ((await askAboutPlaces(ports, { newAmong, rest })) === 0) clearInterval(timer)
  }
  const once = async (): Promise<void> => {
    try {
      if (every === 0) return await askOnly()
      if (!(await ports.takeTurn("sweep", every))) return
      const before: SweepOptions["before"] = (changed) => holdMassChange(ports, changed)
      const marked = await sweepOnce(ports, { newAmong, rest, before })
      if (marked === 0) return
      ports.log.info(
        `The sweep marked ${String(marked)} ${marked === 1 ? "record" : "records"} whose change nothing had told.`,
      )
      found()
    } catch (error) {
      if (!stopped) ports.log.warn(`The sweep failed and is tried again: ${whereFrom(error)}`)
    }
  }
  const timer = setInterval(
    () => {
      running ??= once().finally(() => (running = null))
    },
    every === 0 ? ASK : Math.min(every, ASK),
  )
  if (every === 0 && !hasNewPlaces(ports.config)) clearInterval(timer)
  timer.unref()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
