#!/usr/bin/env node
import { CommanderError } from "commander"
import { makeOutput, showProblem } from "./output/output.ts"
import { EXIT, Problem, wrongUse } from "./problem.ts"
import { makeProgram } from "./program.ts"

const args = process.argv.slice(2)
const output = makeOutput({ isJson: args.includes("--json"), isVerbose: args.includes("--verbose") })

// Whoever reads the output may have seen enough: `medusa-directus status | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  process.exit()
})

try {
  await makeProgram((exitCode) => {
    process.exitCode = exitCode
  }).parseAsync(args, { from: "user" })
} catch (error) {
  process.exitCode = fail(error)
}

/** @returns the exit code. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.fine
    // Commander has told it to people already.
    const { code, message, fix } = wrongUse(error.message.replace(/^error: /, ""), "Add --help.")
    output.document({ error: { code, message, fix } })
    return EXIT.wrongUse
  }
  const problem =
    error instanceof Problem
      ? error
      : new Problem({
          code: "internal",
          message: `Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`,
          fix: "Run it again with --verbose and report what it shows.",
          detail: error instanceof Error ? error.stack : undefined,
        })
  showProblem(output, problem)
  return problem.exitCode
}
