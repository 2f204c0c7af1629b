import { stepBackfill } from "../backfill/backfill.ts"
import { changeControl } from "../change-control.ts"
import { SyncError } from "../errors.ts"
import { isOpen, isProbe } from "../guard/breaker.ts"
import { isHeld } from "../guard/pause.ts"
import type { Control, HostPorts, Mark, Reply } from "../ports.ts"
import { repairLinks } from "../repair/run-repair.ts"
import { SIZES } from "../sizes.ts"
import { TIMERS } from "../timers.ts"
import { type Ahead, type Prepared, takeReady, writeAnswer } from "./ahead.ts"
import { captureLeased, type Outgoing, pack, type Ready } from "./prepare-push.ts"
import { isAboutRecords, recordReply, REFUSED_REST, standStill, WAIT } from "./record-reply.ts"

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
      .transaction({ own: true }, (tx) => tx.marks.putBack(marks, new Date(ports.now().getTime() + WAIT)))
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

/** Fills a message, as far as there are marks for it. */
async function prepareNext(ports: HostPorts, control: Control, woken: boolean): Promise<Prepared> {
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
    if (captured === null) return { marks, control, at, isLast: true, messages: [] }
    ready.push(...captured)
  }
  return { marks, control, at, isLast, messages: pack(ports, control, ready) }
}

/**
 * Sends the messages of a round. While the peer applies one, the answer before is written down; while it applies the last
 * one, the next records are made ready, unless there are none. The answer to a message that is followed by another waits for
 * that one to be sent.
 *
 * @returns see `took` of {@link PushOutcome}.
 */
async function deliverAll(
  ports: HostPorts,
  { messages, isLast }: Prepared,
  control: Control,
  ahead: Ahead,
): Promise<number> {
  const { timers = TIMERS } = ports
  let took = 0
  for (const [i, outgoing] of messages.entries()) {
    const isFollowed = i < messages.length - 1
    const meanwhile = async (): Promise<void> => {
      await writeAnswer(ports, ahead)
      if (isFollowed || isLast) return
      const next = await prepareNext(ports, control, false)
      if (next.marks.length > 0) ahead.prepared = next
    }
    const began = timers.now()
    const sent = ports.transport.send(outgoing.message).finally(() => (took = timers.now() - began))
    const [worked] = await Promise.allSettled([meanwhile(), sent])
    const reply = await sent
    if (reply.kind === "results" && (isFollowed || (ahead.prepared?.messages.length ?? 0) > 0))
      ahead.answered = { outgoing, reply }
    else await settle(ports, outgoing, reply)
    if (worked.status === "rejected") throw worked.reason
  }
  // A pause that a person has ended is over when all is told, which the next round sees.
  return isLast && control.paused === null ? took : 0
}

/**
 * One round of the sender. Several processes may run it at the same time.
 *
 * @param woken - an event said that something is complete; see `HostPorts.lease`.
 * @param ahead - whoever gives it sends what is in it in the next round, or gives it back.
 */
export async function pushOnce(ports: HostPorts, woken = true, ahead: Ahead | null = null): Promise<PushOutcome> {
  let control = await ports.readControl()
  // The answer came late, and the breaker was opened meanwhile: written down, it closes it.
  if (isProbe(control.breaker) && ahead && (await writeAnswer(ports, ahead))) control = await ports.readControl()
  const ready = await takeReady(ports, control, ahead)
  if (!ready && ahead && (await writeAnswer(ports, ahead))) control = await ports.readControl()
  const { breaker } = control
  const rest = (): PushOutcome => ({ kind: "resting", until: new Date(ports.now().getTime() + REFUSED_REST) })
  if (isHeld(control)) return rest()
  if (isOpen(breaker, ports.now())) return { kind: "resting", until: new Date(breaker.openUntil ?? 0) }
  if (control.repair) {
    const until = new Date(ports.now().getTime() + WAIT)
    return (await repairFirst(ports, control.repair, control))
      ? { kind: "sent", records: 0, took: 0 }
      : { kind: "resting", until }
  }
  const round = ready ?? (await prepareNext(ports, control, woken))
  if (round.marks.length === 0) {
    await changeControl(ports, ({ paused }) => (paused?.accepted ? { paused: null } : null), control)
    return { kind: "idle" }
  }
  let took = 0
  if (ahead) took = await deliverAll(ports, round, control, ahead)
  else for (const outgoing of round.messages) await deliver(ports, outgoing)
  return { kind: "sent", records: round.marks.length, took }
}
