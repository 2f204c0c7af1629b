import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { run } from "./child.mjs"
import { Advice, step } from "./report.mjs"
import { printTable } from "./table.mjs"
import { root } from "./toolchain.mjs"

/** What can be measured. Each writes a table into BENCH_REPORT. */
const benches = {
  requests: { run: ["e2e", "e2e", "requests.test.ts"], rounds: "10", short: true },
  edits: { run: ["bench", "bench", "edits.bench.ts"], rounds: "100", short: true },
  "own-writes": { run: ["bench", "bench", "own-writes.bench.ts"], rounds: "1", short: true },
  backfill: { run: ["bench", "bench", "backfill.bench.ts"], rounds: "1000", short: true },
  large: { run: ["bench", "bench", "large.bench.ts"], rounds: "100000", short: false },
}

/** Without a name: all that take a few minutes. Then prints what each has measured. */
export async function bench({ pnpm, env }, [name, ...args]) {
  if (name !== undefined && !benches[name])
    throw new Advice(`There is no bench ${name}.`, `Name one of: ${Object.keys(benches).join(", ")}.`)
  if (name === undefined) step(`benches: ${Object.keys(benches).join(", ")}; all short ones, one after the other`)
  const names = name === undefined ? Object.keys(benches).filter((known) => benches[known].short) : [name]
  const tables = []
  let failed = 0
  for (const each of names) {
    const { run: target, rounds } = benches[each]
    const [folder, script, file] = target
    const report = join(root, ".data", "bench", `${each}.json`)
    rmSync(report, { force: true })
    const code = await run(pnpm, ["--filter", folder, "run", script, file, ...args], {
      cwd: root,
      env: { BENCH_ROUNDS: rounds, ...env, BENCH_REPORT: report },
    })
    failed ||= code
    if (existsSync(report)) tables.push(JSON.parse(readFileSync(report, "utf8")))
  }
  for (const { columns, rows } of tables) printTable([columns, ...rows])
  return failed
}
