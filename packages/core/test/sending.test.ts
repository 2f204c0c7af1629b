import { describe, expect, it } from "vitest"
import type { Outgoing } from "../src/send/prepare-push.ts"
import type { Mark, Reply } from "../src/ports.ts"
import { IDLE, step, TABLE, type Prepared, type Sending, type SendingEvent } from "../src/send/sending.ts"
import { Pair } from "./pair.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { envelope } from "../src/send/envelope.ts"

const { medusa } = new Pair(resolveConfig())
const REPLY: Reply = { kind: "unreachable", message: "away", retryAfter: null }
let marks = 0
const outgoing = (): Outgoing => ({
  message: envelope(medusa.ports, medusa.control, []),
  marks: [{ entity: "product", localId: String(++marks), n: marks }],
})

function prepared(size: 1 | 2): Prepared {
  const messages: Prepared["messages"] = size === 1 ? [outgoing()] : [outgoing(), outgoing()]
  const all = messages.flatMap((each) => each.marks)
  return { messages, marks: all, isLast: false, control: medusa.control, at: new Date(0) }
}

type Is = SendingEvent["is"]
/** Two of what may differ in length. */
const events: Record<Is, () => SendingEvent[]> = {
  prepared: () => [1, 2].map((size) => ({ is: "prepared", next: prepared(size as 1 | 2) })),
  sent: () => [{ is: "sent", message: envelope(medusa.ports, medusa.control, []) }],
  wrote: () => [{ is: "wrote" }],
  replied: () => [{ is: "replied", reply: REPLY }],
  failed: () => [{ is: "failed" }],
  dropped: () => [{ is: "dropped" }],
}

const tryStep = (from: Sending, event: SendingEvent): Sending | null => {
  try {
    return step(from, event)
  } catch (error) {
    expect(String(error)).toBe(`Error: A sender that is ${from.is} cannot take "${event.is}".`)
    return null
  }
}

/** The marks that a state answers for, by what becomes of them. */
const held = (state: Sending) => ({
  unsent: "next" in state ? (state.next?.marks ?? []) : [],
  underWay: "outgoing" in state ? state.outgoing.marks : [],
  answered: [
    ...("owed" in state ? (state.owed?.outgoing.marks ?? []) : []),
    ...("answer" in state ? state.answer.outgoing.marks : []),
  ],
})
const names = (some: Mark[]): string[] => some.map(({ localId }) => localId)

/** Every state that can be reached in so many steps, with the steps that lead to it. */
function* walk(from: Sending, depth: number): Generator<[Sending, SendingEvent, Sending]> {
  if (depth === 0) return
  for (const make of Object.values(events))
    for (const event of make()) {
      const to = tryStep(from, event)
      if (!to) continue
      yield [from, event, to]
      yield* walk(to, depth - 1)
    }
}
const walked = [...walk(IDLE, 7)]

describe("what a sender has in hand", () => {
  it("each state knows each event, and each pair that the table allows happens", () => {
    const allowed = Object.entries(TABLE).flatMap(([state, row]) =>
      Object.entries(row).flatMap(([event, move]) => (move ? [`${state} ${event}`] : [])),
    )
    expect(Object.values(TABLE).map((row) => Object.keys(row))).toEqual(
      Object.values(TABLE).map(() => Object.keys(events)),
    )
    const happened = new Set(walked.map(([from, event]) => `${from.is} ${event.is}`))
    expect([...happened].sort()).toEqual(allowed.sort())
  })

  it("no mark is forgotten: it is unsent, under way or answered until its message has failed, is written down or given back", () => {
    for (const [from, event, to] of walked) {
      const [before, after] = [held(from), held(to)]
      const gone: Record<Is, string[]> = {
        prepared: [],
        sent: [],
        replied: [],
        wrote: names(before.answered),
        failed: names(before.underWay),
        dropped: names(before.unsent),
      }
      const come = event.is === "prepared" ? names(event.next.marks) : []
      const all = ({ unsent, underWay, answered }: ReturnType<typeof held>) =>
        names([...unsent, ...underWay, ...answered])
      const expected = [...all(before), ...come].filter((id) => !gone[event.is].includes(id))
      expect(all(after).sort(), `${from.is} ${event.is}`).toEqual(expected.sort())
      expect(new Set(all(after)).size).toBe(all(after).length)
    }
  })

  it("no message is answered while the answer to the one before is not written down, and none is sent twice", () => {
    for (const [from, event, to] of walked) {
      if (event.is === "replied") expect("owed" in from && from.owed, from.is).toBeNull()
      if (event.is === "sent") expect(names(held(to).unsent)).toEqual(names(held(from).unsent).slice(1))
      if (from.is !== "ready" && from.is !== "answered") expect(event.is).not.toBe("sent")
    }
  })
})
