import { whereFrom } from "../errors.ts"
import type { HostPorts } from "../ports.ts"
import { pushOnce, sayHello } from "./run-push.ts"

/** The loop that empties the dirty set of one process. */
export interface Sender {
  /** Something may be dirty: look now, or once more after the round that is under way. */
  wake(): void
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}

/**
 * Runs rounds of {@link pushOnce} while there is work, and otherwise waits for a wake-up, the next due mark or the poll.
 * Never throws: an error is logged and tried again at the next poll.
 *
 * @param poll - milliseconds between looks when nothing wakes the sender: events are hints, the marks are the truth.
 */
export function runSender(ports: HostPorts, poll: number): Sender {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let greeted = false
  let woken = false

  async function rounds(): Promise<void> {
    try {
      if (!greeted) greeted = await sayHello(ports)
      for (;;) {
        again = false
        const outcome = await pushOnce(ports, woken)
        if (stopped) return
        if (outcome.kind === "sent" || again) continue
        woken = false
        const due = outcome.kind === "resting" ? outcome.until : await ports.nextDue()
        schedule(due ? Math.min(poll, Math.max(due.getTime() - ports.now().getTime(), 50)) : poll)
        return
      }
    } catch (error) {
      ports.log.error(`The sender failed and goes on in ${String(poll)} ms: ${whereFrom(error)}`)
      schedule(poll)
    }
  }

  function schedule(delay: number): void {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(look, delay)
    timer.unref()
  }

  function wake(): void {
    woken = true
    look()
  }

  function look(): void {
    if (stopped) return
    if (running) {
      again = true
      return
    }
    clearTimeout(timer)
    running = rounds().finally(() => {
      running = null
      if (again) look()
    })
  }

  return {
    wake,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
