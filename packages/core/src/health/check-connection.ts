import { greet } from "../send/ask-peer.ts"
import type { Control } from "../control.ts"
import type { HostPorts, Reply } from "../ports.ts"
import type { ErrorCode } from "../errors.ts"
import { clockAlert } from "../guard/clock.ts"
import { isUnheard } from "./find-problems.ts"
import { STEPS, type ConnectionStep, type ConnectionCheck } from "../operate/check-steps.ts"

/** At which step each refusal stops; another one is a message that the peer does not take. */
const STOPS_AT: Partial<Record<ErrorCode, ConnectionStep>> = {
  wrong_receiver: "reach",
  peer_unreachable: "reach",
  unauthorized: "trust",
  replayed: "trust",
  peer_paused: "running",
  by_person: "running",
  database_moved: "running",
  epoch_mismatch: "database",
  old_beat: "database",
  restored: "database",
  too_many_requests: "reach",
  config_mismatch: "mapping",
  clock_skew: "clocks",
}

/** Pure: what the reply to a greeting says about each step. `null` = nothing may leave here, which `control` explains. */
export function judgeConnection(reply: Reply | null, control: Control, now: Date): ConnectionCheck[] {
  const failure = failureIn(reply, control)
  const stopsAt = failure && STEPS.indexOf(STOPS_AT[failure.code] ?? "understood")
  return STEPS.map((step, i): ConnectionCheck => {
    if (failure && i === stopsAt) return { step, state: "failed", ...failure }
    if (stopsAt !== null && i > stopsAt) return { step, state: "unknown", code: null, message: null }
    // Whoever is silent has asked nobody.
    if (reply === null) return { step, state: "unknown", code: null, message: null }
    const alert = step === "clocks" ? clockAlert(control.clockOffset) : null
    if (alert) return { step, state: "failed", code: "clock_skew", message: alert }
    const isHeard = step !== "heard" || !isUnheard(control, now)
    return { step, state: isHeard ? "ok" : "failed", code: null, message: isHeard ? null : control.lastReceivedAt }
  })
}

function failureIn(
  reply: Reply | null,
  { paused }: Control,
): (Pick<ConnectionCheck, "message"> & { code: ErrorCode }) | null {
  if (reply === null) return paused && { code: paused.code, message: paused.message }
  if (reply.kind === "unreachable") return { code: "peer_unreachable", message: reply.message }
  // A pause says more than the refusal: which lines of the mapping differ.
  if (reply.kind === "refused")
    return { code: reply.code, message: paused?.code === reply.code ? paused.message : reply.message }
  return null
}

/** Greets the peer now, and says how far that got. */
export async function checkConnection(ports: HostPorts): Promise<ConnectionCheck[]> {
  const reply = await greet(ports)
  return judgeConnection(reply, await ports.readControl(), ports.now())
}
