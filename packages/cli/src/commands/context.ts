import type { Side } from "medusa-directus-core"
import { makeDirectus, type Directus } from "../hosts/directus.ts"
import type { Host } from "../hosts/host.ts"
import { makeMedusa, type Medusa } from "../hosts/medusa.ts"
import type { Output } from "../output/output.ts"
import { wrongUse } from "../problem.ts"
import { need, type Settings } from "../settings/settings.ts"

/** What every command is given. */
export interface Context {
  output: Output
  settings: Settings
}

/** @returns the exit code. */
export type Command<Options> = (context: Context, options: Options) => Promise<number>

/** @throws Problem `not_set` */
const medusaOf = ({ settings, output }: Context): Medusa =>
  makeMedusa(need(settings, "medusaUrl"), need(settings, "medusaKey"), output.trace)

/** @throws Problem `not_set` */
export const directusOf = ({ settings, output }: Context): Directus =>
  makeDirectus(need(settings, "directusUrl"), need(settings, "directusToken"), output.trace)

type Sides = Side | "both"

/** @throws Problem `wrong_use` */
function readSides(text: string | undefined): Sides {
  if (text === undefined || text === "both" || text === "medusa" || text === "directus") return text ?? "both"
  throw wrongUse(`There is no side "${text}".`, "Use --side medusa, --side directus, or leave it out for both.")
}

/** The hosts of `--side`; both unless one is named. */
export function hostsOf(context: Context, side: string | undefined): Host[] {
  const sides = readSides(side)
  return [...(sides === "directus" ? [] : [medusaOf(context)]), ...(sides === "medusa" ? [] : [directusOf(context)])]
}

/** The result of each host by its side, for `--json`. */
export const bySide = <T>(results: readonly (readonly [Host, T])[]): Partial<Record<Side, T>> =>
  Object.fromEntries(results.map(([{ side }, result]) => [side, result]))
