import { setTimeout } from "node:timers/promises"
import { fields, type Ledger } from "./ledger.ts"
import { pick } from "./random.ts"

/**
 * People who edit on both sides until they are stopped.
 *
 * @param rate edits per second and side
 */
export function startLoad(ledger: Ledger, rate: number, random: () => number): { stop(): Promise<void> } {
  let on = true
  const writer = async (side: "medusa" | "directus") => {
    while (on) {
      const next = Date.now() + 1000 / rate
      await ledger.edit(side, pick(ledger.pairs, random), pick(fields, random))
      await setTimeout(Math.max(0, next - Date.now()))
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

/**
 * People who each think, edit, wait for the answer and think again.
 *
 * @param rate edits a second, all of them together
 */
export function startEditors(
  ledger: Ledger,
  { editors, rate, random }: { editors: number; rate: number; random: () => number },
): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const think = () =>
    setTimeout(random() * 2 * (editors / rate) * 1000, undefined, { signal: stopped.signal }).catch(() => undefined)
  const editor = async (side: "medusa" | "directus") => {
    for (;;) {
      await think()
      if (stopped.signal.aborted) return
      await ledger.edit(side, pick(ledger.pairs, random), pick(fields, random), 120_000)
    }
  }
  const all = Array.from({ length: editors }, (_, i) => editor(i % 2 === 0 ? "medusa" : "directus"))
  return {
    async stop() {
      stopped.abort()
      await Promise.all(all)
    },
  }
}
