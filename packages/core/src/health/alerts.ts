import { whereFrom } from "../errors.ts"
import type { HostPorts } from "../ports.ts"
import { findProblems } from "./find-problems.ts"
import { look } from "./health.ts"
import { alertText } from "../operate/explain-problem.ts"
import type { Alert, Problem, ProblemCode } from "../operate/problem.ts"

/** What has come or gone since `told`. A problem that changes its words is the same one. */
export function planAlerts(told: readonly Problem[], problems: readonly Problem[]): Alert[] {
  const without = (some: readonly Problem[], others: readonly Problem[]) =>
    some.filter(({ code }) => !others.some((other) => other.code === code))
  const alerts = (kind: Alert["kind"], some: Problem[]): Alert[] =>
    some.map((problem) => ({ kind, code: problem.code, message: alertText(problem) }))
  return [...alerts("cleared", without(told, problems)), ...alerts("raised", without(problems, told))]
}

/** They may be there because of what waits at the peer. */
const TOLD_BY_PEER: ReadonlySet<ProblemCode> = new Set(["peer_paused", "quarantined", "open_conflicts"])

/** A peer that does not answer for a moment has not solved anything: what was told of it is not over before it says so. */
function withUnsure(problems: readonly Problem[], told: readonly Problem[]): Problem[] {
  const isOver = ({ code }: Problem): boolean => !problems.some((problem) => problem.code === code)
  return [...problems, ...told.filter((problem) => TOLD_BY_PEER.has(problem.code) && isOver(problem))]
}

/** Never throws: what keeps it from telling must not keep the sender from sending. */
export async function tellAlerts(ports: HostPorts): Promise<void> {
  try {
    await tell(ports)
  } catch (error) {
    ports.log.warn(`What people should know could not be found out and is tried again: ${whereFrom(error)}`)
  }
}

/**
 * Tells each problem once when it comes and once when it is gone. What was told is remembered behind the telling: a crash in
 * between tells it twice, and never not at all.
 */
async function tell(ports: HostPorts): Promise<void> {
  const seen = await look(ports)
  const problems = seen.peer === "silent" ? withUnsure(findProblems(seen), seen.control.alerts) : findProblems(seen)
  let { alerts: told } = seen.control
  for (const alert of planAlerts(told, problems)) {
    try {
      await ports.alert(alert)
    } catch (error) {
      ports.log.warn(`The alert ${alert.code} could not be given and is tried again: ${whereFrom(error)}`)
      continue
    }
    // Of one that is over there is no problem any more.
    told = [...told.filter(({ code }) => code !== alert.code), ...problems.filter(({ code }) => code === alert.code)]
    await ports.updateControl({ alerts: told })
  }
}
