import type { Side } from "medusa-directus-core/host"
import type { Decision, Host } from "../hosts/host.ts"
import type { Conflict } from "../hosts/shapes.ts"
import { Problem, wrongUse } from "../problem.ts"

/** A conflict and the sides in whose inbox it lies. */
export type Open = Conflict & { sides: Side[] }

export const nameOf = ({ title, parentTitle, localId }: Conflict): string =>
  [parentTitle, title].filter(Boolean).join(" / ") || localId

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
