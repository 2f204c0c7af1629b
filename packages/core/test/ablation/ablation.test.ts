import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "esbuild"
import { afterAll, describe, expect, it } from "vitest"
import { bundle } from "../mutation/bundle.ts"
import type { Batch, Failure } from "../simulation/batch.ts"
import { runPool } from "../simulation/pool.ts"
import type { Rule } from "./rule.ts"
import { RULES } from "./rules.ts"
import { takeOut } from "./take-out.ts"
import { TESTED } from "./tested-rules.ts"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const HISTORIES = 20_000
const PIECE = 10
const folder = mkdtempSync(join(tmpdir(), "ablation-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** Bundles the simulation with one rule taken out of the engine's source. */
async function without(rule: Rule, name: string): Promise<URL> {
  const outfile = join(folder, `${name}.mjs`)
  await build({
    entryPoints: [join(ROOT, "test/simulation/worker.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    outfile,
    logLevel: "error",
    plugins: [takeOut(rule)],
  })
  return pathToFileURL(outfile)
}

describe("the simulation notices when a rule is taken out", () => {
  it.each(RULES.map((rule, i) => ({ ...rule, name: `rule-${String(i)}` })))(
    "$rule",
    async (rule) => {
      const script = await without(rule, rule.name)
      const batches: Batch[] = Array.from({ length: HISTORIES / PIECE }, (_, i) => ({
        mix: rule.mix,
        firstSeed: (rule.firstSeed ?? 1) + i * PIECE,
        count: PIECE,
        steps: 200,
      }))
      const failures: Failure[] = []
      await runPool(script, 1, batches, (tally) => {
        failures.push(...tally.failures)
        return !failures.some(({ reason }) => rule.breaks.test(reason))
      })
      expect(
        failures.map(({ reason }) => reason).filter((reason) => rule.breaks.test(reason)),
        `no history of ${String(HISTORIES)} failed; others: ${failures.map(({ reason }) => reason).join("; ")}`,
      ).not.toEqual([])
    },
    300_000,
  )
})

describe("a test notices when a rule is taken out", () => {
  it.each(TESTED)("$rule", async (rule) => {
    const suite = (await bundle(ROOT, [rule.test], [takeOut(rule)]))()
    const failed: string[] = []
    for (const { id, run } of suite.tests) await run().catch(() => failed.push(id))
    expect(failed.filter((id) => id.includes(rule.breaks)).length, failed.join("; ")).toBeGreaterThan(0)
  })
})
