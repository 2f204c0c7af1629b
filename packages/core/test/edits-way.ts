import { Session } from "node:inspector/promises"
import { resolveConfig } from "../src/mapping/config.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { Pair } from "./pair.ts"

/**
 * Prints the files of the engine that one edit runs through on both hosts, from the mark to the answer: `node test/edits-way.ts`.
 * V8 counts the calls. An edit before it has opened what is opened once.
 */
const pair = new Pair(resolveConfig())
const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
await pair.settle()
const session = new Session()
session.connect()
await session.post("Profiler.enable")
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false })

async function called(): Promise<string[]> {
  const { result } = await session.post("Profiler.takePreciseCoverage")
  const root = new URL("../src/", import.meta.url).href
  return result
    .filter(({ url, functions }) => {
      const isCalled = functions.some(
        ({ functionName, ranges: [whole] }) => functionName !== "" && (whole?.count ?? 0) > 0,
      )
      return url.startsWith(root) && isCalled
    })
    .map(({ url }) => url.slice(root.length))
}

for (const title of ["First", "Second"]) {
  await called()
  pair.medusa.edit("product", product, { title })
  await pushOnce(pair.medusa.ports)
}
const files = (await called()).filter((file) => !file.startsWith("testing/"))
console.log(files.sort().join("\n"))
