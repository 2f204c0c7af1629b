import { parentPort } from "node:worker_threads"
import { runBatch, type Batch } from "./batch.ts"

// Crashes are part of the game here: nobody reads their stacks.
Error.stackTraceLimit = 0

parentPort?.on("message", (batch: Batch) => {
  runBatch(batch).then(
    (tally) => parentPort?.postMessage({ tally }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
  )
})
