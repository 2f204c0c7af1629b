import { examine } from "../doctor/examine.ts"
import { judge } from "../doctor/judge.ts"
import type { Finding, State } from "../doctor/finding.ts"
import type { Output } from "../output/output.ts"
import { waiting } from "../output/progress-bar.ts"
import { counted } from "../output/words.ts"
import { EXIT } from "../problem.ts"
import { VERSION } from "../version.ts"
import type { Command } from "./context.ts"

const MARKS: Record<State, { mark: string; colour: "green" | "yellow" | "red" }> = {
  ok: { mark: "✓", colour: "green" },
  note: { mark: "•", colour: "yellow" },
  problem: { mark: "✗", colour: "red" },
}

/** Looks at both sides and says what to do. Exit code 1 when there is something to do. */
export const doctor: Command<object> = async ({ output, settings }) => {
  const seen = await waiting(output, "Looking at both sides", () => examine(settings, VERSION, output.trace))
  const findings = judge(seen)
  const problems = findings.filter(({ state }) => state === "problem").length
  output.document({ ok: problems === 0, findings })
  for (const finding of findings) printFinding(output, finding)
  output.print()
  output.print(
    problems === 0
      ? output.paint("green", "All is well.")
      : output.paint(
          "red",
          problems === 1
            ? "1 problem."
            : `${counted(problems, "problem")}. Begin at the top: one is often the cause of the next.`,
        ),
  )
  return problems === 0 ? EXIT.fine : EXIT.problems
}

function printFinding(output: Output, { check, state, message, fix }: Finding): void {
  const { mark, colour } = MARKS[state]
  output.print(`${output.paint(colour, mark)} ${check.padEnd(12)} ${message}`)
  if (fix !== null) output.print(`${" ".repeat(15)}→ ${fix}`)
}
