import type { Control } from "../control.ts"
import type { Mark, Reply } from "../ports.ts"
import type { Message } from "../wire/messages.ts"
import type { Outgoing } from "./prepare-push.ts"

/** Leased marks and the messages about them, of which none has been sent. */
export interface Prepared {
  marks: Mark[]
  messages: [Outgoing, ...Outgoing[]]
  /** There were no more marks to be leased. */
  isLast: boolean
  /** As it was when they were made. */
  control: Control
  at: Date
}

/** An answer that is not written down yet. */
export interface Answered {
  outgoing: Outgoing
  reply: Reply
}

/**
 * What one sender has in hand. At most one message is under way, at most one answer waits to be written, and what is ready
 * behind them has never been sent.
 */
export type Sending =
  | { is: "idle" }
  /** Leased and made, and not sent. */
  | { is: "ready"; next: Prepared }
  /** One message is under way. The answer to the one before is written while the peer works. */
  | { is: "in_flight"; outgoing: Outgoing; owed: Answered | null }
  | { is: "in_flight_next_ready"; outgoing: Outgoing; owed: Answered | null; next: Prepared }
  | { is: "answered"; answer: Answered; next: Prepared | null }

export type SendingEvent =
  | { is: "prepared"; next: Prepared }
  /** The first message of what is ready leaves. */
  | { is: "sent"; message: Message }
  /** The answer that was owed is written down, or could not be. */
  | { is: "wrote" }
  | { is: "replied"; reply: Reply }
  /** The message got neither an answer nor a word that there is none. */
  | { is: "failed" }
  /** What is ready is not sent any more: its marks are given back. */
  | { is: "dropped" }

type State = Sending["is"]
type In<S extends State> = Extract<Sending, { is: S }>
type Of<E extends SendingEvent["is"]> = Extract<SendingEvent, { is: E }>
type Move<S extends State, E extends SendingEvent["is"]> = ((from: In<S>, event: Of<E>) => Sending) | null

export const IDLE: Sending = { is: "idle" }

const readyOrIdle = (next: Prepared | null): Sending => (next ? { is: "ready", next } : IDLE)

function leave(
  { messages: [{ marks }, ...rest], ...round }: Prepared,
  message: Message,
  owed: Answered | null,
): Sending {
  const outgoing: Outgoing = { message, marks }
  const [first, ...others] = rest
  if (!first) return { is: "in_flight", outgoing, owed }
  const next: Prepared = { ...round, messages: [first, ...others], marks: rest.flatMap((each) => each.marks) }
  return { is: "in_flight_next_ready", outgoing, owed, next }
}

/** What each state makes of each event; `null`: it cannot happen there. */
export const TABLE: { [S in State]: { [E in SendingEvent["is"]]: Move<S, E> } } = {
  idle: {
    prepared: (_, { next }) => ({ is: "ready", next }),
    sent: null,
    wrote: null,
    replied: null,
    failed: null,
    dropped: null,
  },
  ready: {
    prepared: null,
    sent: ({ next }, { message }) => leave(next, message, null),
    wrote: null,
    replied: null,
    failed: null,
    dropped: () => IDLE,
  },
  in_flight: {
    prepared: ({ outgoing, owed }, { next }) => ({ is: "in_flight_next_ready", outgoing, owed, next }),
    sent: null,
    wrote: ({ owed, ...state }) => (owed ? { ...state, owed: null } : impossible("in_flight", "wrote")),
    replied: ({ outgoing, owed }, { reply }) =>
      owed ? impossible("in_flight", "replied") : { is: "answered", answer: { outgoing, reply }, next: null },
    failed: ({ owed }) => (owed ? impossible("in_flight", "failed") : IDLE),
    dropped: null,
  },
  in_flight_next_ready: {
    prepared: null,
    sent: null,
    wrote: ({ owed, ...state }) => (owed ? { ...state, owed: null } : impossible("in_flight_next_ready", "wrote")),
    replied: ({ outgoing, owed, next }, { reply }) =>
      owed ? impossible("in_flight_next_ready", "replied") : { is: "answered", answer: { outgoing, reply }, next },
    failed: ({ owed, next }) => (owed ? impossible("in_flight_next_ready", "failed") : { is: "ready", next }),
    dropped: null,
  },
  answered: {
    prepared: null,
    sent: ({ answer, next }, { message }) => (next ? leave(next, message, answer) : impossible("answered", "sent")),
    wrote: ({ next }) => readyOrIdle(next),
    replied: null,
    failed: null,
    dropped: ({ answer, next }) => (next ? { is: "answered", answer, next: null } : impossible("answered", "dropped")),
  },
}

function impossible(state: State, event: SendingEvent["is"]): never {
  throw new Error(`A sender that is ${state} cannot take "${event}".`)
}

/** @throws Error when the event cannot happen in this state: a fault of the driver's. */
export function step(from: Sending, event: SendingEvent): Sending {
  const move = TABLE[from.is][event.is] as Move<State, SendingEvent["is"]>
  return move ? move(from, event) : impossible(from.is, event.is)
}

/** What one sender has in hand, from one of its rounds to the next. */
export class Hand {
  #now: Sending = IDLE

  get now(): Sending {
    return this.#now
  }

  /** What is ready to be sent. */
  get next(): Prepared | null {
    return "next" in this.#now ? this.#now.next : null
  }

  take(event: SendingEvent): Sending {
    this.#now = step(this.#now, event)
    return this.#now
  }
}
