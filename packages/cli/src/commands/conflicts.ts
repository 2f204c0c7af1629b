import type { Side } from "medusa-directus-core"
import { NAMES } from "../hosts/answer.ts"
import type { Decision, Host } from "../hosts/host.ts"
import type { Conflict } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { cut } from "../output/table.ts"
import { counted, shown } from "../output/words.ts"
import { EXIT, Problem, wrongUse } from "../problem.ts"
import { hostsOf, type Command } from "./context.ts"
import { decideOneByOne } from "./decide.ts"
import { readCount } from "./read-count.ts"
import { typedValue } from "./typed-value.ts"

interface ConflictsOptions {
  action?: string
  id?: string
  value?: string
  side?: string
  limit?: string
}

/** A conflict and the sides in whose inbox it lies. */
export type Open = Conflict & { sides: Side[] }

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
      const { total, open } = await listOpen(hosts, most)
      output.document({ total, conflicts: open })
      if (open.length === 0) output.print("No conflict waits for a decision.")
      for (const conflict of open) printConflict(output, conflict)
      if (open.length > 0) output.print(`${counted(total, "conflict")}. ${HOW}`)
      return open.length === 0 ? EXIT.fine : EXIT.problems
    }
    case "decide":
      return decideOneByOne(output, hosts, (await listOpen(hosts, most)).open)
    case "keep":
    case "take":
    case "edit": {
      if (id === undefined)
        throw wrongUse(`Which conflict? ${action} needs an id.`, "npx medusa-directus conflicts lists them.")
      const known = action === "edit" ? (await listOpen(hosts, MOST)).open.find((open) => open.id === id) : undefined
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

export const nameOf = ({ title, parentTitle, localId }: Conflict): string =>
  [parentTitle, title].filter(Boolean).join(" / ") || localId

/** One that both sides have seen has the same id on both, and counts once. */
async function listOpen(hosts: Host[], limit: number): Promise<{ total: number; open: Open[] }> {
  const pages = await Promise.all(hosts.map((host) => host.conflicts({ limit, offset: 0 })))
  const open = new Map<string, Open>()
  for (const [i, { rows }] of pages.entries())
    for (const conflict of rows) {
      const known = open.get(conflict.id)
      const { side } = hosts[i] as Host
      open.set(conflict.id, known ? { ...known, sides: [...known.sides, side] } : { ...conflict, sides: [side] })
    }
  const doubles = pages.reduce((sum, { rows }) => sum + rows.length, 0) - open.size
  const total = pages.reduce((sum, page) => sum + page.total, 0) - doubles
  return { total, open: [...open.values()].slice(0, limit) }
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

function decisionOf(action: "keep" | "take" | "edit", value: string | undefined, conflict?: Open): Decision {
  if (action !== "edit") return { decision: action }
  if (value === undefined)
    throw wrongUse("Which value? edit needs one.", 'For example: conflicts edit <id> "A new title"')
  return { decision: "edit", value: typedValue(value, conflict) }
}

/** By the first side that has it and may: a field that one side owns is decided there. */
export async function decideOn(hosts: Host[], id: string, decision: Decision): Promise<Conflict> {
  let last: Problem | null = null
  for (const host of hosts) {
    try {
      return await host.decide(id, decision)
    } catch (error) {
      if (!(error instanceof Problem) || !ELSEWHERE.has(error.code)) throw error
      // That it is unknown here says less than why the side that knows it refused.
      if (last === null || !MISSING.has(error.code)) last = error
    }
  }
  throw last ?? wrongUse("There is no side to decide on.", "Leave --side out.")
}

const MISSING = new Set(["not_found"])
const ELSEWHERE = new Set([...MISSING, "refused", "conflict"])
