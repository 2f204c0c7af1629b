import { fields, type Ledger } from "./ledger.ts"

/**
 * People who edit on both sides until they are stopped.
 *
 * @param rate edits per second and side
 */
export function startLoad(ledger: Ledger, rate: number, random: () => number): { stop(): Promise<void> } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let on = true
  const writer = async (side: "medusa" | "directus") => {
    while (on) {
      const next = Date.now() + 1000 / rate
      await ledger.edit(side, pick(ledger.pairs), pick(fields))
      await new Promise((wake) => setTimeout(wake, Math.max(0, next - Date.now())))
    }
  }
  const writers = [writer("medusa"), writer("directus")]
  return {
    async stop() {
      on = false
      await Promise.all(writers)
    },
  }
}
