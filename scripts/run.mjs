// Plain JavaScript without dependencies: this file must run on any Node, before anything is installed.
import { fail, step } from "./run/report.mjs"
import { tasks } from "./run/tasks.mjs"
import { bringToolchain } from "./run/toolchain.mjs"
import { buildPackages, installWorkspace } from "./run/workspace.mjs"

const [name, ...args] = process.argv.slice(2)
const task = tasks[name]

if (!task) {
  const lines = Object.entries(tasks).map(([key, { summary }]) => `  ${key.padEnd(15)} ${summary}`)
  console.log(["usage: node scripts/run.mjs <task> [args]", "", ...lines].join("\n"))
  process.exit(name ? 1 : 0)
}

try {
  const toolchain = await bringToolchain()
  if (task.needs !== "toolchain") await installWorkspace(toolchain)
  if (task.needs === "build") await buildPackages(toolchain)
  step(name)
  // pnpm passes a leading "--" through
  process.exitCode = await task.run(toolchain, args[0] === "--" ? args.slice(1) : args)
} catch (error) {
  process.exitCode = fail(error)
}
