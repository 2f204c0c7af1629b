import { changeControl } from "../change-control.ts"
import { hostName, otherSide } from "../document/value.ts"
import { listed, setOf } from "../document/names.ts"
import { groupBy } from "../group-by.ts"
import type { Control, ControlChange } from "../control.ts"
import type { HostPorts } from "../ports.ts"
import type { Drift } from "../operate/job.ts"

/** So many of a kind, or 5 % of them, are no slip of a hook. */
const MANY = 50
const SHARE = 0.05

/**
 * Call it before what a sweep has found is marked. That many records which changed without a word are an import by SQL, a
 * restored table or a column that somebody filled: the direction waits until a person says that the other side shall have it.
 */
export async function holdMassChange(ports: HostPorts, changed: readonly Drift[]): Promise<void> {
  const many: string[] = []
  for (const [kind, drifts] of groupBy([...changed], ({ entity }) => entity)) {
    if (drifts.length <= MANY) continue
    const { linked } = await ports.transaction(({ links }) => links.count(kind, ports.now(), []))
    if (drifts.length <= SHARE * linked) continue
    const fields = [...new Set(drifts.flatMap((drift) => drift.fields.map(setOf)))].sort()
    many.push(`${String(drifts.length)} of ${String(linked)} ${kind} records (${listed(fields)})`)
  }
  if (many.length === 0) return
  const [here, peer] = [hostName(ports.side), hostName(otherSide(ports.side))]
  const message = `Changed in ${here} without a word of it: ${many.join(" and ")}. An import by SQL, a restored table or a new column does that. If it is meant, resume, and ${peer} gets it. If not, put ${here} right first.`
  const held = await changeControl(ports, ({ paused }: Control): ControlChange | null =>
    paused ? null : { paused: { code: "mass_change", message, since: ports.now().toISOString() } },
  )
  if (held) ports.log.error(`Sync is paused (mass_change): ${message}`)
}
