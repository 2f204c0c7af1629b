import { Worker } from "node:worker_threads"
import type { Batch, Tally } from "./batch.ts"

/**
 * Spreads batches over worker threads. `onTally` may return `false` to stop early.
 *
 * @param script - the worker: the sources, or a bundle in which a rule was removed.
 */
export async function runPool(
  script: URL,
  workers: number,
  batches: Batch[],
  onTally: (tally: Tally) => boolean | undefined,
): Promise<void> {
  const queue = [...batches]
  let stopped = false
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { resourceLimits: { maxYoungGenerationSizeMb: 64 } })
      const next = (): void => {
        const batch = stopped ? undefined : queue.shift()
        if (batch) worker.postMessage(batch)
        else {
          resolve()
          void worker.terminate()
        }
      }
      worker.on("message", ({ tally, error }: { tally?: Tally; error?: string }) => {
        if (!tally) {
          reject(new Error(error))
          return
        }
        if (onTally(tally) === false) stopped = true
        next()
      })
      worker.on("error", reject)
      // A history that waits for what never comes ends its worker.
      worker.on("exit", () => reject(new Error("A worker ended before its piece was done.")))
      next()
    })
  await Promise.all(Array.from({ length: workers }, run))
}
