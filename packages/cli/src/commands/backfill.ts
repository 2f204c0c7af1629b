import { setTimeout as rest } from "node:timers/promises"
import type { Host, Steering } from "../hosts/host.ts"
import type { Backfill } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { startBar } from "../output/progress-bar.ts"
import { counted, duration } from "../output/words.ts"
import { EXIT, wrongUse } from "../problem.ts"
import {
  answered,
  haveAllAnswered,
  hostsOf,
  printUnanswered,
  tellEach,
  toldBySide,
  type Command,
  type Each,
} from "./context.ts"
import { inShop, preview } from "./preview.ts"
import { readCount } from "./read-count.ts"

interface BackfillOptions {
  action?: string
  side?: string
  kinds?: string
  perMinute?: string
  publish?: boolean
  leaveDeleted?: boolean
  detach?: boolean
  last?: boolean
  cancel?: boolean
}

const ACTIONS = ["start", "watch", "status", "preview", "pause", "resume", "cancel"] as const
type Action = (typeof ACTIONS)[number]

const isAction = (text: string): text is Action => (ACTIONS as readonly string[]).includes(text)

/** Milliseconds between looks. */
const LOOK = 500

/**
 * Tells the other side of all records that were there before; one side after the other, since what the first one brings
 * is found by the second. Exit code 1 when records wait for a person at the end.
 */
export const backfill: Command<BackfillOptions> = async (context, options) => {
  const {
    action = "start",
    side,
    kinds,
    perMinute,
    publish = false,
    leaveDeleted = false,
    detach = false,
    last,
    cancel,
  } = options
  if (!isAction(action)) throw wrongUse(`There is no backfill ${action}.`, `Use one of: ${ACTIONS.join(", ")}.`)
  const hosts = hostsOf(context, side)
  const names = kinds?.split(",").map((kind) => kind.trim())
  if (action === "preview") return preview(context, hosts, { kinds: names, leaveDeleted, last, cancel })
  if (last || cancel)
    throw wrongUse(
      "--last and --cancel go with backfill preview.",
      "A backfill itself: npx medusa-directus backfill status, or cancel.",
    )
  const pace = perMinute === undefined ? {} : { perMinute: readCount("--per-minute", perMinute, 1_000_000) }
  const { output } = context
  const told: Each<Backfill | null>[number][] = []
  for (const host of hosts) {
    const [one] = await tellEach([host], async () => {
      const now =
        action === "status" || action === "watch"
          ? await host.backfill()
          : await host.steer(
              steering(action, {
                ...pace,
                ...(names ? { kinds: names } : {}),
                ...(publish ? { publish } : {}),
                ...(leaveDeleted ? { leaveDeleted } : {}),
              }),
            )
      const isWatched = action === "watch" || (action === "start" && !detach)
      return isWatched && now ? watch(output, host, now) : now
    })
    if (one) told.push(one)
    // Only who looks is told of the other side all the same.
    if (one?.[1].error && action !== "status") break
  }
  const results = answered(told)
  output.document(toldBySide(told, (progress) => progress))
  for (const [{ name }, progress] of results) {
    output.print(`${name}: ${sentence(progress)}`)
    for (const line of inShop(progress)) output.print(line)
  }
  printUnanswered(output, told)
  const quarantined = results.reduce((sum, [, progress]) => sum + (progress?.quarantined ?? 0), 0)
  if (quarantined === 0) return haveAllAnswered(told) ? EXIT.fine : EXIT.problems
  output.print(
    `→ ${counted(quarantined, "record waits", "records wait")} for a person: npx medusa-directus retry --list`,
  )
  return EXIT.problems
}

const steering = (action: "start" | "pause" | "resume" | "cancel", options: object): Steering =>
  action === "start" ? { action, ...options } : { action }

/** Until it ends, or somebody pauses it. Leaving does not stop it: it goes on in the host. */
async function watch(output: Output, host: Host, first: Backfill): Promise<Backfill> {
  const text = `${host.name} tells the other side of ${counted(first.total, "record")}`
  const bar = startBar(output, first.total, text)
  let now = first
  for (;;) {
    now = (await host.backfill()) ?? now
    const left = now.secondsLeft === null ? "" : `, ${duration(now.secondsLeft)} left`
    const rate = `${now.perSecond.toFixed(0)}/s`
    bar.move(now.done, `${text}: ${String(now.done)} of ${String(now.total)} (${rate}${left})`)
    if (now.state !== "running") break
    await rest(LOOK)
  }
  bar.stop(`${host.name}: ${now.state}`)
  return now
}

function sentence(progress: Backfill | null): string {
  if (!progress) return "there has been no backfill."
  const { state, done, total, back = 0, quarantined, waiting: open, startedAt, endedAt } = progress
  const seconds = (Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)) / 1000
  const stopped = quarantined > 0 ? `, ${String(quarantined)} wait for a person` : ""
  const returned = back > 0 ? `, ${String(back)} brought back` : ""
  const still = open > 0 ? `, ${String(open)} under way` : ""
  return `${state}, ${String(done)} of ${counted(total, "record")}${returned}${still}${stopped} in ${duration(seconds)}.`
}
