// Loaded into one host by NODE_OPTIONS: writes down what it still uses after a full collection.
import { appendFileSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { isMainThread } from "node:worker_threads"

if (isMainThread) {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc")
  setInterval(() => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    appendFileSync(process.env.MEMORY_FILE, `${process.pid} ${Date.now()} ${heapUsed + external}\n`)
  }, Number(process.env.MEMORY_EVERY)).unref()
}
