import { NAMES } from "../hosts/answer.ts"
import type { Decision, Host } from "../hosts/host.ts"
import type { Conflict } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { cut } from "../output/table.ts"
import { counted, shown } from "../output/words.ts"
import { EXIT, wrongUse } from "../problem.ts"
import { answered, haveAllAnswered, hostsOf, printUnanswered, tellEach, toldBySide, type Command } from "./context.ts"
import { decideOneByOne } from "./decide.ts"
import { decideOn, nameOf, type Open } from "./decision.ts"
import { readCount } from "./read-count.ts"
import { typedValue } from "./typed-value.ts"

interface ConflictsOptions {
  action?: string
  id?: string
  value?: string
  side?: string
  limit?: string
}

/** Conflicts of one page of an inbox. */
const MOST = 200

const ACTIONS = ["list", "decide", "keep", "take", "edit"] as const

/** Lists or decides. Exit code 1 when open conflicts were listed. */
export const conflicts: Command<ConflictsOptions> = async (context, options) => {
  const { action = "list", id, value, side, limit = "50" } = options
  const { output } = context
  const most = readCount("--limit", limit, MOST)
  const hosts = hostsOf(context, side)
  switch (action) {
    case "list": {
      const told = await inboxesOf(hosts, most)
      const isWhole = haveAllAnswered(told)
      const { total, open } = merged(answered(told), most)
      const unanswered = toldBySide(
        told.filter(([, { error }]) => error),
        () => null,
      )
      output.document({ total, conflicts: open, ...(isWhole ? {} : { unanswered }) })
      if (open.length === 0)
        output.print(isWhole ? "No conflict waits for a decision." : "No conflict waits on the side that answers.")
      for (const conflict of open) printConflict(output, conflict)
      if (open.length > 0) output.print(`${counted(total, "conflict")}. ${HOW}`)
      printUnanswered(output, told)
      return open.length === 0 && isWhole ? EXIT.fine : EXIT.problems
    }
    case "decide":
      return decideOneByOne(output, hosts, merged(answered(await inboxesOf(hosts, most)), most).open)
    case "keep":
    case "take":
    case "edit": {
      if (id === undefined)
        throw wrongUse(`Which conflict? ${action} needs an id.`, "npx medusa-directus conflicts lists them.")
      const known = action === "edit" ? await findOpen(hosts, id) : undefined
      const decided = await decideOn(hosts, id, decisionOf(action, value, known))
      output.document({ conflict: decided })
      output.print(
        `Decided: ${decided.entity}.${decided.field} of ${nameOf(decided)} is ${cut(shown(decided.value), 200)}.`,
      )
      return EXIT.fine
    }
    default:
      throw wrongUse(`There is no conflicts ${action}.`, `Use one of: ${ACTIONS.join(", ")}.`)
  }
}

const HOW = "Decide: npx medusa-directus conflicts keep|take <id>, edit <id> <value>, or decide one by one."

type Inbox = Awaited<ReturnType<Host["conflicts"]>>

const inboxesOf = (hosts: Host[], limit: number) => tellEach(hosts, (host) => host.conflicts({ limit, offset: 0 }))

/** One that both sides have seen has the same id on both, and counts once. */
function merged(inboxes: (readonly [Host, Inbox])[], limit: number): { total: number; open: Open[] } {
  const open = new Map<string, Open>()
  const pages = inboxes.map(([, page]) => page)
  for (const [{ side }, { rows }] of inboxes)
    for (const conflict of rows) {
      const known = open.get(conflict.id)
      open.set(conflict.id, known ? { ...known, sides: [...known.sides, side] } : { ...conflict, sides: [side] })
    }
  const doubles = pages.reduce((sum, { rows }) => sum + rows.length, 0) - open.size
  const total = pages.reduce((sum, page) => sum + page.total, 0) - doubles
  return { total, open: [...open.values()].slice(0, limit) }
}

/** However far down it lies: its field's type says how a value is typed. */
async function findOpen(hosts: Host[], id: string): Promise<Conflict | undefined> {
  for (const host of hosts)
    for (let offset = 0; ; offset += MOST) {
      const { rows, total } = await host.conflicts({ limit: MOST, offset })
      const found = rows.find((conflict) => conflict.id === id)
      if (found) return found
      if (rows.length === 0 || offset + MOST >= total) break
    }
  return undefined
}

function printConflict(output: Output, conflict: Open): void {
  const { id, entity, field, kind, losingSide, losingValue, value, at, sides } = conflict
  output.print(
    `${output.paint("bold", `${nameOf(conflict)}`)}  ${entity}.${field}, ${kind}, ${at.slice(0, 19).replace("T", " ")} UTC`,
  )
  output.print(`  stands     ${cut(shown(value), 200)}`)
  output.print(`  lost       ${cut(shown(losingValue), 200)}  (from ${NAMES[losingSide]})`)
  output.print(`  id         ${id}  in the inbox of ${sides.map((side) => NAMES[side]).join(" and ")}`)
  output.print()
}

function decisionOf(action: "keep" | "take" | "edit", value: string | undefined, conflict?: Conflict): Decision {
  if (action !== "edit") return { decision: action }
  if (value === undefined)
    throw wrongUse("Which value? edit needs one.", 'For example: conflicts edit <id> "A new title"')
  return { decision: "edit", value: typedValue(value, conflict) }
}
