import { changeControl } from "../change-control.ts"
import { hostName, otherSide } from "../document/value.ts"
import { listed, setOf } from "../document/names.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { Control, ControlChange, HostPorts } from "../ports.ts"
import type { Drift } from "../repair/sweep.ts"

/** So many of a kind, or 5 % of them, are no slip of a hook. */
const MANY = 50
const SHARE = 0.05

/**
 * Call it before what a sweep has found is marked. That many records which changed without a word are an import by SQL, a
 * restored table or a column that somebody filled: the direction waits until a person says that the other side shall have it.
 */
export async function holdMassChange(
  ports: HostPorts,
  entity: EntityDefinition,
  changed: readonly Drift[],
): Promise<void> {
  if (changed.length <= MANY) return
  const { linked } = await ports.transaction({ own: true }, ({ links }) => links.count(entity.name, ports.now(), []))
  if (changed.length <= SHARE * linked) return
  const fields = [...new Set(changed.flatMap((drift) => drift.fields.map(setOf)))].sort()
  const [here, peer] = [hostName(ports.side), hostName(otherSide(ports.side))]
  const message = `${String(changed.length)} of ${String(linked)} ${entity.name} records changed in ${here} without a word of it: ${listed(fields)}. An import by SQL, a restored table or a new column does that. If it is meant, resume, and ${peer} gets it. If not, put ${here} right first.`
  ports.log.error(`Sync is paused (mass_change): ${message}`)
  await changeControl(ports, ({ paused }: Control): ControlChange | null =>
    paused ? null : { paused: { code: "mass_change", message, since: ports.now().toISOString() } },
  )
}
