import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { run } from "./child.mjs"
import { Advice } from "./report.mjs"
import { printTable } from "./table.mjs"
import { root } from "./toolchain.mjs"

/** What can be measured, each by a test file of e2e that writes its figures into BENCH_REPORT. */
const benches = {
  requests: { file: "requests.test.ts", rounds: "10", table: requestTable },
  backfill: { file: "backfill-rate.test.ts", rounds: "10000", table: backfillTable },
}

/** Runs the test, then prints what it counted; a figure above its bound fails as the test does. */
export async function bench({ pnpm, env }, [name, ...args]) {
  const known = benches[name]
  if (!known)
    throw new Advice(
      `There is no bench ${name ?? "without a name"}.`,
      `Name one of: ${Object.keys(benches).join(", ")}.`,
    )
  const report = join(root, ".data", "bench", `${name}.json`)
  rmSync(report, { force: true })
  const code = await run(pnpm, ["--filter", "e2e", "run", "e2e", known.file, ...args], {
    cwd: root,
    env: { BENCH_ROUNDS: known.rounds, ...env, BENCH_REPORT: report },
  })
  if (existsSync(report)) printTable(known.table(JSON.parse(readFileSync(report, "utf8"))))
  return code
}

/** @param {{ change: string, requests: number[], records: number[], bytes: number[] }[]} figures */
function requestTable(figures) {
  const range = (values) => {
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return least === most ? String(most) : `${least} to ${most}`
  }
  return [
    ["change", "rounds", "requests", "records", "bytes with headers"],
    ...figures.map(({ change, requests, records, bytes }) => [
      change,
      String(requests.length),
      range(requests),
      range(records),
      range(bytes),
    ]),
  ]
}

/**
 * @param {{ way: string, rows: number, seconds: number, raw: { rows: number, seconds: number },
 *   megabytes: { medusa: number, directus: number } }[]} figures
 */
function backfillTable(figures) {
  return [
    ["backfill", "rows", "rows/s", "rows/s of the host's own API", "ratio", "peak MB Medusa", "peak MB Directus"],
    ...figures.map(({ way, rows, seconds, raw, megabytes }) => {
      const [rate, own] = [rows / seconds, raw.rows / raw.seconds]
      const numbers = [rows, rate.toFixed(0), own.toFixed(0), (rate / own).toFixed(2)]
      return [way, ...numbers, megabytes.medusa, megabytes.directus].map(String)
    }),
  ]
}
