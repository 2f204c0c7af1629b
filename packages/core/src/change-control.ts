import type { Control, ControlChange } from "./control.ts"
import type { HostPorts } from "./ports.ts"

/** Somebody else wins each time: that is no contention any more, but a host that does not find again what it wrote. */
const TRIES = 50

/**
 * Changes the control row from what it says. If another process or a person changed one of the same columns since it was
 * read, or a database turned out to be another one, the change is planned again from what they wrote.
 *
 * @param plan - `null` or `{}` = leave it as it is. It may be called several times, and whatever it throws is thrown.
 * @param seen - the row as it was read just now, to save a read.
 * @returns what was changed; `null` when nothing was.
 */
export async function changeControl<T extends ControlChange>(
  ports: Pick<HostPorts, "readControl" | "updateControl">,
  plan: (control: Control) => T | null,
  seen?: Control,
): Promise<T | null> {
  let control = seen ?? (await ports.readControl())
  for (let i = 0; i < TRIES; i++) {
    const change = plan(control)
    if (!change || Object.keys(change).length === 0) return null
    const { epoch, peerEpoch } = control
    const from = Object.fromEntries(Object.keys(change).map((key) => [key, control[key as keyof ControlChange]]))
    if (await ports.updateControl(change, { epoch, peerEpoch, ...from })) return change
    control = await ports.readControl()
  }
  throw new Error("The control row changes faster than it can be changed.")
}
