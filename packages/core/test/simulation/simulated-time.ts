import type { Timers } from "../../src/timers.ts"

interface Event {
  at: number
  work: () => void
}

/** A clock that stands still while anything is being done, and jumps to whatever comes next. */
export class SimulatedTime {
  now = 0
  /** In the order in which they come. */
  readonly #events: Event[] = []

  readonly timers: Timers = {
    now: () => this.now,
    after: (milliseconds, work) => this.after(milliseconds, work),
  }

  after(milliseconds: number, work: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, milliseconds), work }
    let at = this.#events.length
    while (at > 0 && (this.#events[at - 1]?.at ?? 0) > event.at) at--
    this.#events.splice(at, 0, event)
    return () => {
      const found = this.#events.indexOf(event)
      if (found !== -1) this.#events.splice(found, 1)
    }
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, resolve))
  }

  /** Lets so many milliseconds pass, and all that happens in them. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    await settled()
    for (let next = this.#events[0]; next && next.at <= end; next = this.#events[0]) {
      this.#events.shift()
      this.now = Math.max(this.now, next.at)
      next.work()
      await settled()
    }
    this.now = Math.max(this.now, end)
  }
}

/** Whatever promises were waiting for has happened: hosts in memory wait for nothing but the clock. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
