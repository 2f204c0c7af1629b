import { isProbe } from "../guard/breaker.ts"
import { isHeld } from "../guard/pause.ts"
import type { Control, HostPorts, Mark, Reply } from "../ports.ts"
import { envelope } from "./envelope.ts"
import type { Outgoing } from "./prepare-push.ts"
import { recordReply } from "./record-reply.ts"

/** Leased marks and the messages about them, of which none has been sent. */
export interface Prepared {
  marks: Mark[]
  messages: Outgoing[]
  /** There were no more marks to be leased. */
  isLast: boolean
  /** As it was when they were made. */
  control: Control
  at: Date
}

/** Milliseconds for which it is sure that nobody else has taken the marks: leases last twice as long. */
const FRESH = 10_000

/** What a sender has in hand between two messages, so that both hosts work at the same time. */
export interface Ahead {
  /** Made ready while the peer applied the message before. */
  prepared: Prepared | null
  /** An answer that is written down while the peer applies the next message. */
  answered: { outgoing: Outgoing; reply: Reply } | null
}

export const nothingAhead = (): Ahead => ({ prepared: null, answered: null })

/** Takes what is ready, unless it must not be sent any more: that is given back. */
export async function takeReady(ports: HostPorts, control: Control, ahead: Ahead | null): Promise<Prepared | null> {
  const prepared = ahead?.prepared
  if (!prepared) return null
  const { at, control: before } = prepared
  const isSame = control.epoch === before.epoch && control.peerEpoch === before.peerEpoch && !control.repair
  // A clock that has been set back since tells nothing of how long that was.
  const isFresh = Math.abs(ports.now().getTime() - at.getTime()) < FRESH
  if (isHeld(control) || isProbe(control.breaker) || !isSame || !isFresh) {
    await putDown(ports, ahead)
    return null
  }
  ahead.prepared = null
  // With the beat of now: the peer may have heard of it from another process.
  const messages = prepared.messages.map(({ marks, message }) => ({
    marks,
    message: envelope(ports, control, message.records),
  }))
  return { ...prepared, messages }
}

/** @returns whether there was one. */
export async function writeAnswer(ports: HostPorts, ahead: Ahead): Promise<boolean> {
  const { answered } = ahead
  ahead.answered = null
  if (answered) await recordReply(ports, answered.outgoing, answered.reply)
  return answered !== null
}

/** Nothing of what was made ready has been sent, so others may take its marks at once. */
export async function putDown(ports: HostPorts, ahead: Ahead): Promise<void> {
  const { prepared } = ahead
  ahead.prepared = null
  await writeAnswer(ports, ahead)
  if (prepared) await ports.transaction({ own: true }, (tx) => tx.marks.postpone(prepared.marks, ports.now()))
}
