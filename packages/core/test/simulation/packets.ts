import { otherSide, type Side } from "../../src/document/value.ts"
import type { Outgoing } from "../../src/send/prepare-push.ts"
import type { Reply } from "../../src/ports.ts"
import type { Played } from "./played.ts"

export interface Request {
  kind: "request"
  from: Side
  outgoing: Outgoing
  readyAt: number
  /** Nobody waits for the answer any more. */
  isCut?: boolean
}

/** What is under way between the hosts of a history. */
export type Packet = Request | { kind: "reply"; to: Side; outgoing: Outgoing; reply: Reply; readyAt: number }

export const LOST: Reply = { kind: "unreachable", message: "lost", retryAfter: null }

/** Answers after which a record is tried again by schedule. */
export const WAITS = new Set(["failed", "await", "quarantined", "need_parent"])

/** Carries the messages of a history: some are lost, late, doubled or out of order. */
export class Network {
  readonly #history: Played
  readonly #step: () => number
  #packets: Packet[] = []

  /** @param step - of the history, now. */
  constructor(history: Played, step: () => number) {
    this.#history = history
    this.#step = step
  }

  post(from: Side, outgoing: Outgoing): void {
    const { faults, mix, random } = this.#history
    if (faults && random.chance(mix.drop)) return
    this.#packets.push({ kind: "request", from, outgoing, readyAt: this.#later() })
    if (faults && random.chance(mix.duplicate))
      this.#packets.push({ kind: "request", from, outgoing, readyAt: this.#later() })
  }

  reply(to: Side, outgoing: Outgoing, reply: Reply): void {
    this.#packets.push({ kind: "reply", to, outgoing, reply, readyAt: this.#later() })
  }

  /** All connections of a host break. */
  cut(side: Side): void {
    this.#packets = this.#packets.flatMap((packet): Packet[] => {
      if (packet.kind === "reply") return packet.to === side ? [] : [packet]
      if (packet.from === side) return [{ ...packet, isCut: true }]
      return [{ kind: "reply", to: otherSide(side), outgoing: packet.outgoing, reply: LOST, readyAt: packet.readyAt }]
    })
  }

  /** Takes a packet that has been under way for long enough. */
  next(): Packet | undefined {
    const { faults, mix, random } = this.#history
    if (!faults) return this.#packets.shift()
    const ready: number[] = []
    for (const [i, packet] of this.#packets.entries()) if (packet.readyAt <= this.#step()) ready.push(i)
    const [first] = ready
    if (first === undefined) return undefined
    return this.#packets.splice(mix.reorder ? random.pick(ready) : first, 1)[0]
  }

  #later(): number {
    const { faults, mix, random } = this.#history
    return faults && mix.delay > 0 ? this.#step() + random.below(mix.delay) : 0
  }
}
