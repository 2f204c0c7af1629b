import { isCancel, select, text } from "@clack/prompts"
import type { Decision, Host } from "../hosts/host.ts"
import type { Output } from "../output/output.ts"
import { cut } from "../output/table.ts"
import { shown } from "../output/words.ts"
import { EXIT, Problem, wrongUse } from "../problem.ts"
import { decideOn, nameOf, type Open } from "./decision.ts"
import { editable, typedValue } from "./typed-value.ts"

const output = process.stderr

/** Asks about each on a terminal. */
export async function decideOneByOne(out: Output, hosts: Host[], open: Open[]): Promise<number> {
  if (!out.isTerminal)
    throw wrongUse("decide asks, and this is no terminal.", "Use conflicts keep|take <id>, or edit <id> <value>.")
  if (open.length === 0) out.say("No conflict waits for a decision.")
  for (const conflict of open) {
    const decision = await askAbout(conflict)
    if (decision === "stop") break
    if (decision === "later") continue
    try {
      const { value } = await decideOn(hosts, conflict.id, decision)
      out.say(`Decided: ${cut(shown(value), 200)}`)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      out.say(`${error.message}\n→ ${error.fix}`)
    }
  }
  return EXIT.fine
}

async function askAbout(conflict: Open): Promise<Decision | "later" | "stop"> {
  const { entity, field, value, losingValue } = conflict
  const choice = await select({
    output,
    message: `${nameOf(conflict)}: which ${entity}.${field}?`,
    options: [
      { value: "keep", label: `keep  ${cut(shown(value), 100)}` },
      { value: "take", label: `take  ${cut(shown(losingValue), 100)}` },
      { value: "edit", label: "edit  another one" },
      { value: "later", label: "later" },
    ],
  })
  if (isCancel(choice)) return "stop"
  if (choice === "later") return "later"
  if (choice !== "edit") return { decision: choice as "keep" | "take" }
  const other = await text({ output, message: "Which one?", initialValue: editable(conflict) })
  return isCancel(other) ? "later" : { decision: "edit", value: typedValue(other, conflict) }
}
