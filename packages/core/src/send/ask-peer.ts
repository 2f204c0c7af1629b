import { whereFrom } from "../errors.ts"
import { isOpen, isProbe } from "../guard/breaker.ts"
import { isSilent } from "../guard/pause.ts"
import type { HostPorts, Reply } from "../ports.ts"
import { TIMERS } from "../timers.ts"
import type { Answer, Ask, Message } from "../wire/messages.ts"
import { envelope } from "./envelope.ts"
import { halvesOf, joined } from "./halves.ts"
import { meet } from "../guard/meet.ts"
import { recordReply } from "./record-reply.ts"

/**
 * A message without records: "I am here". The peer stops waiting for its next probe, and a wrong secret, mapping or
 * database shows at the start and not with the first edit.
 *
 * @returns whether the peer answered.
 */
export async function sayHello(ports: HostPorts): Promise<boolean> {
  const reply = await greet(ports)
  return reply !== null && reply.kind !== "unreachable"
}

/** The same, with the peer's reply as it came; `null` while nothing may leave. */
export async function greet(ports: HostPorts): Promise<Reply | null> {
  const control = await ports.readControl()
  if (isSilent(control)) return null
  const message = envelope(ports, control, [])
  const reply = await ports.transport.send(message)
  if (reply.kind === "unreachable") return reply
  await recordReply(ports, { message, marks: [] }, reply)
  // Only what the peer has heard is raised: a database that was set back shows the old beat first.
  if (reply.kind === "results") await ports.beat()
  return reply
}

/** Asks once. @returns the reply as it came; `null` while nothing is asked. */
export async function askOnce(ports: HostPorts, question: Ask): Promise<Reply | null> {
  const control = await ports.readControl()
  if (isSilent(control) || isOpen(control.breaker, ports.now())) return null
  const message: Message = { ...envelope(ports, control, []), ask: question }
  const reply = await ports.transport.send(message)
  await recordReply(ports, { message, marks: [] }, reply)
  return reply
}

/** Does a limit before the peer let no question of this size through? */
export const isTooLarge = (reply: Reply | null): reply is Extract<Reply, { kind: "refused" }> =>
  reply?.kind === "refused" && reply.code === "too_large"

/**
 * Asks about the peer's links, in halves where the question is too large for a limit.
 *
 * @returns `null` when it does not answer, which then counts as with any message.
 */
export const ask = async (ports: HostPorts, question: Ask): Promise<Answer | null> =>
  answerIn(await inHalves(question, (each) => askOnce(ports, each)))

const answerIn = (reply: Reply | null): Answer | null => (reply?.kind === "results" && reply.answer) || null

async function inHalves(question: Ask, send: (question: Ask) => Promise<Reply | null>): Promise<Reply | null> {
  const reply = await send(question)
  const halves = isTooLarge(reply) ? halvesOf(question) : null
  if (!halves) return reply
  const first = await inHalves(halves[0], send)
  const answer = answerIn(first)
  if (!answer) return first
  const second = await inHalves(halves[1], send)
  const rest = answerIn(second)
  return second?.kind === "results" && rest ? { ...second, answer: joined(answer, rest) } : second
}

/** `older`: the peer does not know such a question. `silent`: it was not asked, or did not answer in time. */
export type Inquiry<Kind extends Ask["kind"]> =
  { kind: "answer"; answer: Extract<Answer, { kind: Kind }> } | { kind: "older" } | { kind: "silent" }

/** Milliseconds that a person who looks at a page waits for the peer's part of it. */
const PATIENCE = 2_000

/**
 * Asks for what a person looks at, and waits no longer than a person does. No answer counts for nothing, or many who look at
 * once would open the breaker; an answer closes it, however late, as that of any message.
 */
export async function inquire<Kind extends Ask["kind"]>(
  ports: HostPorts,
  question: Extract<Ask, { kind: Kind }>,
): Promise<Inquiry<Kind>> {
  const control = await ports.readControl()
  if (isSilent(control) || isOpen(control.breaker, ports.now())) return { kind: "silent" }
  const { timers = TIMERS } = ports
  let callOff = (): void => undefined
  const late = new Promise<null>((tell) => {
    callOff = timers.after(PATIENCE, () => tell(null))
  })
  const send = (each: Ask) => sendUnnoted(ports, { ...envelope(ports, control, []), ask: each })
  const reply = await Promise.race([late, inHalves(question, send)]).finally(callOff)
  if (reply?.kind === "refused" && reply.code === "invalid_message") return { kind: "older" }
  if (reply?.kind !== "results" || reply.answer?.kind !== question.kind || !meet(control, reply))
    return { kind: "silent" }
  return { kind: "answer", answer: reply.answer as Extract<Answer, { kind: Kind }> }
}

async function sendUnnoted(ports: HostPorts, message: Message): Promise<Reply | null> {
  try {
    const reply = await ports.transport.send(message)
    if (reply.kind === "results" && isProbe((await ports.readControl()).breaker))
      await recordReply(ports, { message, marks: [] }, reply)
    return reply
  } catch (error) {
    ports.log.warn(`The other side could not be asked for what waits there: ${whereFrom(error)}`)
    return null
  }
}
