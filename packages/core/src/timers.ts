/**
 * Time as a process measures it. Nobody sets it, unlike the wall clock of `HostPorts.now`: what a process waits for by
 * itself ends in time, wherever the clock is put meanwhile.
 */
export interface Timers {
  /** Milliseconds since some moment; it never goes back. */
  now(): number
  /** @returns what calls it off. */
  after(milliseconds: number, work: () => void): () => void
}

/** The process's own. */
export const TIMERS: Timers = {
  now: () => performance.now(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
