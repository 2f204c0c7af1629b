import { changeControl } from "../change-control.ts"
import type { HostPorts, Transport } from "../ports.ts"
import { TIMERS } from "../timers.ts"
import { isLook } from "../wire/messages.ts"
import { afterSilence } from "./breaker.ts"

/** Milliseconds that a request may hang before the direction rests. A slow peer answers by then. */
const PATIENCE = 8_000

/**
 * The same transport; a request that hangs opens the breaker before it is given up, so that no other process sends one
 * into the same silence, and people can see it. The answer, should it come, closes it as always. What people only look at
 * opens nothing.
 */
export function watched(
  transport: Transport,
  ports: Pick<HostPorts, "now" | "readControl" | "updateControl" | "timers">,
): Transport {
  const { timers = TIMERS } = ports
  const rest = () => changeControl(ports, ({ breaker }) => ({ breaker: afterSilence(breaker, ports.now()) }))
  return {
    async send(message) {
      if (isLook(message)) return transport.send(message)
      let resting: Promise<unknown> | undefined
      const callOff = timers.after(PATIENCE, () => {
        // A database that is busy meanwhile is no reason to lose the answer.
        resting = rest().catch(() => undefined)
      })
      try {
        return await transport.send(message)
      } finally {
        callOff()
        await resting
      }
    },
  }
}
