import { whereFrom } from "../errors.ts"
import type { HostPorts } from "../ports.ts"
import { stepBackfill } from "../backfill/backfill.ts"
import { tellAlerts } from "../health/alerts.ts"
import { observeGauges } from "../health/metrics.ts"
import { tellResolved } from "../inbox/resolve-conflict.ts"
import { repairLinks } from "../repair/run-repair.ts"
import { greet } from "../send/ask-peer.ts"
import { TIMERS } from "../timers.ts"
import { pushOnce, putDown } from "./run-push.ts"
import { Hand } from "../send/sending.ts"

/** The loop that empties the dirty set of one process. */
export interface Sender {
  /**
   * Something may be dirty: look now, or once more after the round that is under way.
   *
   * @param records - how many, as far as it is known; 1 by default.
   */
  wake(records?: number): void
  /** The peer has spoken: look now, and say again the greeting that it has not answered. */
  heard(): void
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}

/** Times in milliseconds. */
export interface SenderOptions {
  /** Between looks when nothing wakes the sender: events are hints, the marks are the truth. */
  poll: number
  /** Between greetings, by which a database that was set back is noticed. */
  beat?: number
  /** Between comparisons of all links; the first one is a while after the start, or after an outage. */
  compare?: number
  /** Between looks for problems that people should know; the first one is so long after the start. */
  alerts?: number
}

const BEAT = 30_000
/** From a greeting that was not answered to the next one, when the peer speaks meanwhile. */
const AGAIN = 5_000
const COMPARE = 3_600_000
const PRUNE = 3_600_000
const ALERTS = 60_000
/** After the start, and after the peer was away, until all links are compared. */
const CALM = 60_000
/** Between looks in a burst of wake-ups: an import must not have a look for each of its rows. */
const BREATH = 25
/** From the first wake-up to the look, so that it can be told whether many come. */
const GATHER = 10
/** From 50 records on we assume a batch whose HTTP response is still being built, and wait 300 ms. */
const BATCH = { records: 50, rest: 300 }
/** The same while the peer is away. */
const LONG_BREATH = 250
/**
 * After a message that told all there was, the peer is left alone for as long as it took, at most so many milliseconds: what
 * people edit meanwhile comes in one message. Half of a busy peer's time stays for its own people.
 */
const LONGEST_PAUSE = 3_000

/**
 * Runs rounds of {@link pushOnce} while there is work, and otherwise waits for a wake-up, the next due mark or the poll.
 * Never throws: an error is logged and tried again at the next poll.
 */
export function runSender(
  ports: HostPorts,
  { poll, beat = BEAT, compare = COMPARE, alerts = ALERTS }: SenderOptions,
): Sender {
  let stopped = false
  const { timers = TIMERS } = ports
  let callOff = (): void => undefined
  let running: Promise<void> | null = null
  let again = false
  let woken = false
  let awaited = 0
  let notBefore = -Infinity
  let nextBeat = -Infinity
  let lastGreeting = -Infinity
  let isAnswered = false
  let stopGauges: (() => void) | null = null
  const hand = new Hand()
  // Two hosts that start together are not there at the same moment, and that is no problem.
  const calmUntil = timers.now() + alerts
  let nextCompare = timers.now() + Math.min(CALM, compare)

  async function rounds(): Promise<void> {
    try {
      await doChores()
      for (;;) {
        // What has just changed goes before what was only made ready.
        if (again || stopped) await putDown(ports, hand)
        if (stopped) return
        again = false
        // An event stands for what was complete when it came, not for what is changed while that is sent.
        const isComplete = woken
        woken = false
        const outcome = await pushOnce(ports, isComplete, hand)
        if (outcome.kind === "resting" || (outcome.kind === "sent" && outcome.took === 0)) woken ||= isComplete
        if (outcome.kind === "sent") {
          if (outcome.took === 0) continue
          const pause = Math.min(outcome.took, LONGEST_PAUSE)
          notBefore = timers.now() + pause
          schedule(pause)
          return
        }
        if (stopped) return
        const isResting = outcome.kind === "resting"
        notBefore = timers.now() + (isResting ? LONG_BREATH : BREATH)
        if (again) return
        if (!isResting) {
          if (await stepBackfill(ports, await ports.readControl())) continue
          await compareNow()
        } else nextCompare = Math.min(nextCompare, timers.now() + CALM)
        const due = isResting ? outcome.until : await ports.nextDue()
        const wait = Math.min(poll, beat)
        schedule(due ? Math.min(wait, Math.max(due.getTime() - ports.now().getTime(), 50)) : wait)
        return
      }
    } catch (error) {
      ports.log.error(`The sender failed and goes on in ${String(poll)} ms: ${whereFrom(error)}`)
      schedule(poll)
    }
  }

  async function doChores(): Promise<void> {
    const now = timers.now()
    if (now < nextBeat) return
    // The first greeting of a process shows a wrong secret at once; once it is answered, one process's is enough.
    if (!isAnswered || (await ports.takeTurn("beat", beat - 1_000))) {
      lastGreeting = now
      isAnswered = (await greet(ports))?.kind === "results"
    }
    nextBeat = now + beat
    await tellResolved(ports)
    if (await ports.takeTurn("prune", PRUNE)) await ports.prune()
    if (now >= calmUntil && (await ports.takeTurn("alerts", alerts - 1_000))) await tellAlerts(ports)
  }

  async function compareNow(): Promise<void> {
    const now = timers.now()
    if (now < nextCompare) return
    nextCompare = now + CALM
    if (!(await ports.takeTurn("compare", Math.min(CALM, compare)))) return
    const report = await repairLinks(ports)
    if (!report) return
    nextCompare = now + compare
    if (report.repaired > 0)
      ports.log.warn(`Comparing all links put ${String(report.repaired)} right; the journal names them.`)
  }

  function schedule(delay: number): void {
    callOff()
    if (stopped) return
    callOff = timers.after(delay, look)
  }

  function wake(records = 1): void {
    woken = true
    lookSoon(records)
  }

  /** That the peer speaks says nothing of what is complete here. */
  function heard(): void {
    if (!isAnswered) nextBeat = Math.min(nextBeat, lastGreeting + AGAIN)
    lookSoon(1)
  }

  function lookSoon(records: number): void {
    const before = awaited
    awaited += records
    const isBatch = before < BATCH.records && awaited >= BATCH.records
    if (isBatch || before === 0) notBefore = Math.max(notBefore, timers.now() + (isBatch ? BATCH.rest : GATHER))
    look()
  }

  function look(): void {
    if (stopped) return
    stopGauges ??= observeGauges(ports)
    if (running) {
      again = true
      return
    }
    const early = notBefore - timers.now()
    if (early > 0) {
      schedule(early)
      return
    }
    callOff()
    awaited = 0
    running = rounds().finally(() => {
      running = null
      if (again) look()
    })
  }

  return {
    wake,
    heard,
    async stop() {
      stopped = true
      callOff()
      await running
      stopGauges?.()
    },
  }
}
