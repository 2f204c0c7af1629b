import type { Side } from "medusa-directus-core/host"
import { makeDirectus, type Directus } from "../hosts/directus.ts"
import type { Host } from "../hosts/host.ts"
import { makeMedusa, type Medusa } from "../hosts/medusa.ts"
import type { Output } from "../output/output.ts"
import { documentOf, Problem, wrongUse } from "../problem.ts"
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

/** What one host has answered, or why there is no answer. */
export type Told<T> = { value: T; error?: never } | { value?: never; error: Problem }
export type Each<T> = readonly (readonly [Host, Told<T>])[]

/** Asks each of these hosts: what one of them knows is told, whatever becomes of the others. */
export function tellEach<T>(hosts: Host[], ask: (host: Host) => Promise<T>): Promise<Each<T>> {
  return Promise.all(
    hosts.map(async (host) => {
      try {
        return [host, { value: await ask(host) }] as const
      } catch (error) {
        if (error instanceof Problem) return [host, { error }] as const
        throw error
      }
    }),
  )
}

/** Those that have answered. @throws Problem of the first one when none has. */
export function answered<T>(told: Each<T>): (readonly [Host, T])[] {
  const answers = told.flatMap(([host, one]) => (one.error ? [] : [[host, one.value] as const]))
  const [first] = told
  if (answers.length === 0 && first?.[1].error) throw first[1].error
  return answers
}

const isAnswered = ([, { error }]: readonly [Host, Told<unknown>]): boolean => error === undefined

export const haveAllAnswered = (told: Each<unknown>): boolean => told.every(isAnswered)

/** Which side has not answered, why, and what to do. */
export function printUnanswered(output: Output, told: Each<unknown>): void {
  for (const [{ name }, { error }] of told)
    if (error) output.print(`\n${output.paint("red", name)}: ${error.message}\n→ ${error.fix}`)
}

/** For `--json`: what a side has answered, or its error. */
export const toldBySide = <T, Shown>(told: Each<T>, show: (value: T) => Shown): Partial<Record<Side, unknown>> =>
  bySide(told.map(([host, one]) => [host, one.error ? { error: documentOf(one.error) } : show(one.value)]))

/** The result of each host by its side, for `--json`. */
export const bySide = <T>(results: readonly (readonly [Host, T])[]): Partial<Record<Side, T>> =>
  Object.fromEntries(results.map(([{ side }, result]) => [side, result]))
