import { stepBackfill } from "../backfill/backfill.ts"
import { changeControl } from "../change-control.ts"
import { SyncError } from "../errors.ts"
import { envelope } from "../send/envelope.ts"
import type { Ready } from "../send/circles.ts"
import { captureLeased, type Outgoing, pack } from "../send/prepare-push.ts"
import { isAboutRecords, recordReply, REFUSED_REST, standStill, WAIT } from "../send/record-reply.ts"
import { isOpen, isProbe } from "../guard/breaker.ts"
import { isHeld } from "../guard/pause.ts"
import type { Control } from "../control.ts"
import type { HostPorts, Mark, Reply, HostClock } from "../ports.ts"
import { repairLinks } from "../repair/run-repair.ts"
import { SIZES } from "../sizes.ts"
import { TIMERS } from "../timers.ts"
import { Hand, type Prepared } from "../send/sending.ts"

/** Sends one message and writes its answer down. */
async function deliver(ports: HostPorts, outgoing: Outgoing): Promise<void> {
  await settle(ports, outgoing, await ports.transport.send(outgoing.message))
}

/** Writes an answer down; a message that the peer refuses for a record in it is halved until that record stands alone. */
async function settle(ports: HostPorts, outgoing: Outgoing, reply: Reply): Promise<void> {
  const { records } = outgoing.message
  if (reply.kind === "refused" && isAboutRecords(reply.code) && records.length > 1) {
    const half = Math.ceil(records.length / 2)
    for (const [from, to] of [
      [0, half],
      [half, records.length],
    ] as const) {
      await deliver(ports, {
        marks: outgoing.marks.slice(from, to),
        message: { ...outgoing.message, id: ports.newId(), records: records.slice(from, to) },
      })
    }
    return
  }
  await recordReply(ports, outgoing, reply)
}

/**
 * `sent`: there may be more; `took` is how long the peer worked for a message that told all there was, in milliseconds, and 0
 * while there is more to tell. `idle`: nothing is due. `resting`: the peer is not asked before `until`.
 */
export type PushOutcome =
  { kind: "sent"; records: number; took: number } | { kind: "idle" } | { kind: "resting"; until: Date }

/**
 * Captures what was leased last. A database that is busy now must not keep marks leased until their lease runs out.
 *
 * @param marks - all that this round has leased.
 * @returns `null` when a person has to say first that so many deletes are meant.
 */
async function captureOrGiveBack(
  ports: HostPorts,
  leased: Mark[],
  control: Control,
  marks: Mark[],
): Promise<Ready[] | null> {
  try {
    return await captureLeased(ports, leased, control)
  } catch (error) {
    if (error instanceof SyncError && error.code === "mass_delete") {
      await standStill(ports, marks, error.code, error.message)
      return null
    }
    await ports
      .transaction((tx) => tx.marks.putBack(marks, new Date(ports.now().getTime() + WAIT)))
      .catch(() => undefined)
    throw error
  }
}

type Restored = NonNullable<Control["repair"]>

const WHO: Record<Restored, string> = {
  restored: "This database was",
  peer_restored: "The other side's database was",
  both_restored: "The databases of both sides were",
}

/** After a restore: what each side has of the other is compared before anything is sent or taken. */
async function repairFirst(ports: HostPorts, repair: Restored, { epoch, peerEpoch }: Control): Promise<boolean> {
  const report = await repairLinks(ports)
  if (!report) return false
  // If one was set back again meanwhile, they are compared once more.
  const isSame = (now: Control): boolean =>
    now.repair === repair && now.epoch === epoch && (peerEpoch === null || now.peerEpoch === peerEpoch)
  const over = await changeControl(ports, (now) => (isSame(now) ? { repair: null } : null))
  if (!over) return true
  ports.log.warn(
    `${WHO[repair]} restored from a backup: ${String(report.repaired)} records were put right, and what was lost is sent again.`,
  )
  return true
}

/** Leases at most for one message: a walk through a catalogue that the peer has already finds little to tell. */
const LEASES = 5

/** A backfill's next page is marked before the last one has left: the peer must not wait for it. */
const takeMore = async (ports: HostPorts, { backfill }: Control): Promise<boolean> =>
  backfill?.state === "running" && stepBackfill(ports, await ports.readControl())

/** Milliseconds for which it is sure that nobody else has taken the marks: leases last twice as long. */
const FRESH = 10_000

/** May what was made ready still be sent? */
export function mayBeSent(ports: HostClock, control: Control, { at, control: before }: Prepared): boolean {
  const isSame = control.epoch === before.epoch && control.peerEpoch === before.peerEpoch && !control.repair
  // A clock that has been set back since tells nothing of how long that was.
  const isFresh = Math.abs(ports.now().getTime() - at.getTime()) < FRESH
  return isSame && isFresh && !isHeld(control) && !isProbe(control.breaker)
}

/**
 * Writes the answer down that waits for it, also one that is refused in part.
 *
 * @returns whether there was one.
 */
export async function writeAnswer(ports: HostPorts, hand: Hand): Promise<boolean> {
  const { now } = hand
  if (now.is !== "answered") return false
  // Whether or not it can be written: without it the next push is answered `stale`.
  hand.take({ is: "wrote" })
  await settle(ports, now.answer.outgoing, now.answer.reply)
  return true
}

/** Nothing of what was made ready has been sent, so others may take its marks at once. */
export async function putDown(ports: HostPorts, hand: Hand): Promise<void> {
  const { next } = hand
  if (next) hand.take({ is: "dropped" })
  await writeAnswer(ports, hand)
  if (next) await ports.transaction((tx) => tx.marks.postpone(next.marks, ports.now()))
}

interface Round {
  /** How many marks were leased. */
  leased: number
  /** `null`: there is nothing to tell about them. */
  prepared: Prepared | null
}

/** Fills a message, as far as there are marks for it. */
async function prepareNext(ports: HostPorts, control: Control, woken: boolean): Promise<Round> {
  const at = ports.now()
  const marks: Mark[] = []
  const ready: Ready[] = []
  const room = isProbe(control.breaker) ? 1 : SIZES.message
  let isLast = false
  for (let n = 0; n < LEASES && !isLast && ready.length < room; n++) {
    const wanted = room - ready.length
    const leased = await ports.lease(wanted, woken)
    isLast = room === 1 || (leased.length < wanted && !(await takeMore(ports, control)))
    marks.push(...leased)
    const captured = leased.length > 0 ? await captureOrGiveBack(ports, leased, control, marks) : []
    if (captured === null) return { leased: marks.length, prepared: null }
    ready.push(...captured)
  }
  const [first, ...others] = pack(ports, control, ready)
  const messages: Prepared["messages"] | null = first ? [first, ...others] : null
  return { leased: marks.length, prepared: messages && { marks, control, at, isLast, messages } }
}

/**
 * Sends the first message of what is ready. While the peer applies it, the answer before is written down, and the next
 * records are made ready, unless there are none.
 *
 * @param isAlone - no round comes after this one: nothing is left over for it.
 * @returns see `took` of {@link PushOutcome}.
 */
async function exchange(
  ports: HostPorts,
  hand: Hand,
  next: Prepared,
  control: Control,
  isAlone: boolean,
): Promise<number> {
  const { timers = TIMERS } = ports
  const owed = hand.now.is === "answered" ? hand.now.answer : null
  // With the beat of now: the peer may have heard of it from another process.
  const message = envelope(ports, control, next.messages[0].message.records)
  hand.take({ is: "sent", message })
  const isLast = next.isLast && hand.next === null
  const meanwhile = async (): Promise<void> => {
    if (owed) await recordReply(ports, owed.outgoing, owed.reply).finally(() => hand.take({ is: "wrote" }))
    if (isAlone || isLast || hand.next) return
    const { prepared } = await prepareNext(ports, control, false)
    if (prepared) hand.take({ is: "prepared", next: prepared })
  }
  const began = timers.now()
  let took = 0
  const sent = ports.transport.send(message).finally(() => (took = timers.now() - began))
  const [worked, answered] = await Promise.allSettled([meanwhile(), sent])
  hand.take(answered.status === "fulfilled" ? { is: "replied", reply: answered.value } : { is: "failed" })
  // An answer is stored while the next message is in flight.
  const waits = !isAlone && hand.next !== null && answered.status === "fulfilled" && answered.value.kind === "results"
  if (!waits) await writeAnswer(ports, hand)
  for (const outcome of [worked, answered]) if (outcome.status === "rejected") throw outcome.reason
  // A pause that a person has ended is over when all is told, which the next round sees.
  return isLast && !isAlone && control.paused === null ? took : 0
}

/**
 * One round of the sender: one message. Several processes may run it at the same time.
 *
 * @param woken - an event said that something is complete; see `HostPorts.lease`.
 * @param hand - whoever gives it sends what is in it in the next round, or puts it down. Without it nothing is left over.
 */
export async function pushOnce(ports: HostPorts, woken = true, hand: Hand | null = null): Promise<PushOutcome> {
  if (hand) return pushNext(ports, woken, hand, false)
  const own = new Hand()
  const outcome = await pushNext(ports, woken, own, true)
  while (own.next) await pushNext(ports, woken, own, true)
  return outcome
}

async function pushNext(ports: HostPorts, woken: boolean, hand: Hand, isAlone: boolean): Promise<PushOutcome> {
  let control = await ports.readControl()
  const isStale = hand.next !== null && !mayBeSent(ports, control, hand.next)
  if (isStale) {
    // Where an answer came late, and the breaker was opened meanwhile: written down, it closes it.
    await putDown(ports, hand)
    control = await ports.readControl()
  }
  const rest = (): PushOutcome => ({ kind: "resting", until: new Date(ports.now().getTime() + REFUSED_REST) })
  if (isHeld(control)) return rest()
  const { breaker } = control
  if (isOpen(breaker, ports.now())) return { kind: "resting", until: new Date(breaker.openUntil ?? 0) }
  if (control.repair) {
    const until = new Date(ports.now().getTime() + WAIT)
    return (await repairFirst(ports, control.repair, control))
      ? { kind: "sent", records: 0, took: 0 }
      : { kind: "resting", until }
  }
  const round = hand.next
    ? { leased: hand.next.marks.length, prepared: hand.next }
    : await prepareNext(ports, control, woken)
  const { leased: records, prepared } = round
  if (records === 0) {
    await changeControl(ports, ({ paused }) => (paused?.accepted ? { paused: null } : null), control)
    return { kind: "idle" }
  }
  if (!prepared) return { kind: "sent", records, took: 0 }
  if (hand.next === null) hand.take({ is: "prepared", next: prepared })
  return { kind: "sent", records, took: await exchange(ports, hand, prepared, control, isAlone) }
}
