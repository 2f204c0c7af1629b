import { NAMES } from "../hosts/answer.ts"
import type { Host } from "../hosts/host.ts"
import type { Backfill, Preview } from "../hosts/shapes.ts"
import { cut, formatTable } from "../output/table.ts"
import { counted, shown } from "../output/words.ts"
import { EXIT } from "../problem.ts"
import { answered, haveAllAnswered, printUnanswered, toldBySide, type Context } from "./context.ts"
import { cancelJobs, lastJobs, runJobs } from "./watch-jobs.ts"

interface PreviewOptions {
  kinds?: string[] | undefined
  leaveDeleted?: boolean | undefined
  last?: boolean | undefined
  cancel?: boolean | undefined
}

/** What a backfill would do; writes nothing. Exit code 1 when it would stop at some records. */
export async function preview(
  { output }: Context,
  hosts: Host[],
  { kinds, leaveDeleted, last, cancel }: PreviewOptions,
): Promise<number> {
  if (cancel) return cancelJobs(output, hosts, ["preview"])
  const told = last
    ? await lastJobs(output, hosts, "preview")
    : await runJobs(
        output,
        hosts,
        "preview",
        { ...(kinds ? { kinds } : {}), ...(leaveDeleted ? { leaveDeleted } : {}) },
        {
          text: "Asking what a backfill would do",
          cancel: "npx medusa-directus backfill preview --cancel",
        },
      )
  const previews = answered(told)
  output.document(toldBySide(told, (result) => result))
  const rows = previews.map(([{ name }, { create, back = 0, match, change, same, stopped }]) => [
    name,
    ...[create, back, match, change, same, stopped].map(String),
  ])
  const head = ["records of", "made", "back", "linked", "changed", "the same", "stopped"]
  for (const line of formatTable([head, ...rows])) output.print(line)
  for (const [{ name }, { problems, stopped }] of previews) {
    for (const problem of problems)
      output.print(`${name}: ${problem.entity} ${nameOf(problem)}: ${cut(problem.reason, 300)}`)
    if (problems.length < stopped)
      output.print(`${name}: … and ${String(stopped - problems.length)} more that would stop.`)
  }
  for (const line of losing(previews)) output.print(line)
  for (const [, { showing }] of previews) for (const line of wouldShow(showing)) output.print(line)
  printUnanswered(output, told)
  return haveAllAnswered(told) && previews.every(([, { stopped }]) => stopped === 0) ? EXIT.fine : EXIT.problems
}

/** As both admins name it. */
const nameOf = ({
  localId,
  title,
  parentTitle,
}: Pick<Preview["problems"][number], "localId" | "title" | "parentTitle">) =>
  cut([parentTitle, title].filter(Boolean).join(" · ") || localId, 60)

/**
 * Values that would go to the inbox: how many of each field, and some of them. What one side foresees the other one foresees
 * too, of the same pairs: it is told once.
 */
export function losing(previews: readonly (readonly [Pick<Host, "name">, Pick<Preview, "losses">])[]): string[] {
  const having = previews.filter(([, { losses }]) => losses.count > 0)
  const counts = new Map<string, number>()
  const samples = new Map<string, string>()
  for (const [, { losses }] of having) {
    for (const { entity, field, side, count } of losses.fields) {
      const of = `${entity}.${field} of ${NAMES[side]}`
      counts.set(of, Math.max(counts.get(of) ?? 0, count))
    }
    for (const lost of losses.sample) {
      const { entity, field, side, loses, wins } = lost
      const what = `${entity}.${field}: ${cut(shown(wins), 60)} stands, ${cut(shown(loses), 60)} of ${NAMES[side]} loses`
      if (!samples.has(what)) samples.set(what, `  ${nameOf(lost)}  ${what}`)
    }
  }
  if (counts.size === 0) return []
  const count = [...counts.values()].reduce((sum, n) => sum + n, 0)
  const each = [...counts].map(([of, n]) => `${of} ${String(n)}`)
  const names = having.map(([{ name }]) => name).join(" or of ")
  return [
    `A backfill of ${names} puts ${counted(count, "value")} into the inbox: ${each.join(", ")}.`,
    ...[...samples.values()].slice(0, SAMPLE),
  ]
}

const SAMPLE = 10

const inChannels = (channels: readonly string[]): string =>
  channels.length === 0 ? "no sales channel" : `the sales channel ${channels.join(", ")}`

const withoutPrice = (count: number): string => (count === 0 ? "" : `, ${String(count)} of them without a price`)

/** What visitors of the shop would see. */
export function wouldShow(showing: Preview["showing"]): string[] {
  if (!showing) return []
  const { published, turned, variants = 0, channels, withoutPrice: priceless } = showing
  const made =
    published === 0
      ? []
      : [
          `${counted(published, "product is", "products are")} published in Directus and not for sale in the shop${withoutPrice(priceless)}. There they are drafts in ${inChannels(channels)}; with --publish visitors see them at once.`,
        ]
  const changed =
    turned === 0
      ? []
      : [
          `${counted(turned, "product")} that the shop does not show now would be visible: the mapping lets Directus win.`,
        ]
  const back =
    variants === 0
      ? []
      : [
          `${counted(variants, "variant")} that the shop has deleted would come back, for sale where the product is: --leave-deleted leaves out what was deleted.`,
        ]
  return [...made, ...changed, ...back]
}

/** What became of new products of the shop. */
export function inShop(progress: Backfill | null): string[] {
  const { shown: visible, unreleased, withoutPrice: priceless, channels } = progress?.shop ?? NOTHING
  if (visible + unreleased === 0) return []
  const seen = visible > 0 ? [`${counted(visible, "product is", "products are")} visible in the shop`] : []
  const drafts =
    unreleased > 0
      ? [`${counted(unreleased, "product is a draft", "products are drafts")} in the shop until released`]
      : []
  const what = [...seen, ...drafts].join(", and ")
  const lines = [
    `${what}, in ${inChannels(channels)}${priceless === 0 ? "" : `; without a price: ${String(priceless)}`}.`,
  ]
  return unreleased > 0
    ? [
        ...lines,
        "→ Publish them in Medusa one by one, or all at once: npx medusa-directus backfill --side directus --publish",
      ]
    : lines
}

const NOTHING = { shown: 0, unreleased: 0, withoutPrice: 0, channels: [] }
