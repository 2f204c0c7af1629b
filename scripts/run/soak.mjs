import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { run } from "./child.mjs"
import { Advice, step } from "./report.mjs"
import { printTable } from "./table.mjs"
import { root } from "./toolchain.mjs"

/** Each is a test file of e2e, whose long form E2E_FORM asks for. */
const scenarios = {
  kill: "kill.test.ts",
  answers: "lost-answers.test.ts",
  editors: "editors.test.ts",
  handles: "handles.test.ts",
  network: "network.test.ts",
  redis: "instances.test.ts",
  mixed: "mixed.test.ts",
}

/** Runs one scenario, or all of them one after the other; the figures of each are printed and kept. */
export async function soak(toolchain, [first, ...rest]) {
  const isNamed = first !== undefined && !first.startsWith("-")
  if (isNamed && !(first in scenarios))
    throw new Advice(`There is no scenario ${first}.`, `Name one of: ${Object.keys(scenarios).join(", ")}.`)
  const args = isNamed || first === undefined ? rest : [first, ...rest]
  let worst = 0
  for (const name of isNamed ? [first] : Object.keys(scenarios)) worst = (await once(toolchain, name, args)) || worst
  return worst
}

async function once({ pnpm, env }, name, args) {
  const report = join(root, ".data", "soak", `${name}.json`)
  rmSync(report, { force: true })
  step(`soak ${name}`)
  const code = await run(pnpm, ["--filter", "e2e", "run", "e2e", scenarios[name], ...args], {
    cwd: root,
    env: { E2E_FORM: "long", ...env, SOAK_REPORT: report },
  })
  if (existsSync(report)) print(JSON.parse(readFileSync(report, "utf8")))
  return code
}

/**
 * @param {{ scenario: string, form: string, seed: number, command: string, at: string, minutes: number,
 *   figures: { figure: string, measured: string, reach: string, reached: boolean | null }[] }} report
 */
function print({ scenario, form, command, at, minutes, figures }) {
  console.log(`\n${scenario}, ${form} form, ${at}, ${minutes} minutes\n${command}`)
  const said = (reached) => (reached === null ? "" : reached ? "yes" : "NO")
  printTable([
    ["figure", "measured", "to reach", "reached"],
    ...figures.map(({ figure, measured, reach, reached }) => [figure, measured, reach, said(reached)]),
  ])
}
