import { isOpen } from "../guard/breaker.ts"
import { isSilent } from "../guard/pause.ts"
import type { HostPorts, Reply } from "../ports.ts"
import type { Answer, Ask, Message } from "../wire/messages.ts"
import { envelope } from "./envelope.ts"
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

/** Asks about the peer's links. @returns `null` when it does not answer, which then counts as with any message. */
export async function ask(ports: HostPorts, question: Ask): Promise<Answer | null> {
  const control = await ports.readControl()
  if (isSilent(control) || isOpen(control.breaker, ports.now())) return null
  const message: Message = { ...envelope(ports, control, []), ask: question }
  const reply = await ports.transport.send(message)
  await recordReply(ports, { message, marks: [] }, reply)
  return (reply.kind === "results" && reply.answer) || null
}
