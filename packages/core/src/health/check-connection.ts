import type { ErrorCode } from "../errors.ts"
import { sayHello } from "../flow/run-push.ts"
import type { HostPorts, Reply } from "../ports.ts"
import { findProblems } from "./find-problems.ts"
import { look } from "./health.ts"
import type { ProblemCode } from "./problem.ts"

/** What is looked at, in this order: a step behind one that failed says nothing of its own. */
export type ConnectionStep = "answers" | "secret" | "mapping" | "database" | "clocks" | "hears_back" | "fields"

export interface ConnectionCheck {
  step: ConnectionStep
  /** `null` = not known, since an earlier step failed. */
  ok: boolean | null
  /** What went wrong and how to mend it; `null` when it is right, or not known. */
  code: ProblemCode | null
  message: string | null
}

/** The step at which each refusal of the peer fails. */
const AT: Partial<Record<ProblemCode, ConnectionStep>> = {
  unauthorized: "secret",
  wrong_receiver: "database",
  config_mismatch: "mapping",
  epoch_mismatch: "database",
  database_moved: "database",
  old_beat: "database",
  restored: "database",
  clock_skew: "clocks",
  peer_not_heard: "hears_back",
  fields_left_out: "fields",
  capture_missing: "fields",
}

const STEPS: readonly ConnectionStep[] = ["answers", "secret", "mapping", "database", "clocks", "hears_back", "fields"]
/** A failure here leaves those behind it unknown. */
const FATAL: readonly ConnectionStep[] = ["answers", "secret", "mapping", "database"]

interface Failure {
  code: ProblemCode
  message: string
}

/** Greets the peer now, whatever the breaker says, and judges each thing that a connection needs. */
export async function checkConnection(ports: HostPorts): Promise<ConnectionCheck[]> {
  let reply: Reply | null = null
  const send: HostPorts["transport"]["send"] = async (message) => (reply = await ports.transport.send(message))
  await sayHello({ ...ports, transport: { send } })
  const problems = findProblems(await look(ports))
  return judgeConnection(reply, problems)
}

/** Pure. @param reply - to a greeting; `null` when none may leave. */
export function judgeConnection(reply: Reply | null, problems: readonly Failure[]): ConnectionCheck[] {
  const failures = new Map<ConnectionStep, Failure>()
  for (const { code, message } of problems) {
    const step = AT[code]
    if (step && !failures.has(step)) failures.set(step, { code, message })
  }
  const refused = refusalOf(reply)
  if (refused) failures.set(AT[refused.code] ?? "answers", refused)
  let isKnown = reply !== null
  return STEPS.map((step) => {
    const failure = failures.get(step)
    const check: ConnectionCheck = {
      step,
      ok: failure ? false : isKnown || step === "fields" ? true : null,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
    }
    if (failure && FATAL.includes(step)) isKnown = false
    return check
  })
}

function refusalOf(reply: Reply | null): { code: ErrorCode; message: string } | null {
  if (reply === null || reply.kind === "results") return null
  return reply.kind === "refused"
    ? { code: reply.code, message: reply.message }
    : { code: "peer_unreachable", message: reply.message }
}
