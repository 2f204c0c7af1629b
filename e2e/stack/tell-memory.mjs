// Loaded into one host by NODE_OPTIONS: writes down what it still uses after everything that can be had again was let go.
import { appendFileSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { isMainThread } from "node:worker_threads"

if (isMainThread) {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc")
  // Medusa's command line keeps the text of each file, and its source map, that has stood in the stack of an error.
  const shared = Symbol.for("source-map-support/sharedData")
  setInterval(() => {
    const { fileContentsCache = {}, sourceMapCache = {} } = globalThis[shared] ?? {}
    for (const cache of [fileContentsCache, sourceMapCache]) for (const name of Object.keys(cache)) delete cache[name]
    // As V8 does before it gives up: code that was compiled and may be again goes, too.
    collect({ type: "major", execution: "sync", flavor: "last-resort" })
    const { heapUsed, external } = process.memoryUsage()
    appendFileSync(process.env.MEMORY_FILE, `${process.pid} ${Date.now()} ${heapUsed + external}\n`)
  }, Number(process.env.MEMORY_EVERY)).unref()
}
