import { setTimeout as rest } from "node:timers/promises"
import type { Host, Steering } from "../hosts/host.ts"
import type { Backfill } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { startBar } from "../output/progress-bar.ts"
import { counted, duration } from "../output/words.ts"
import { EXIT, wrongUse } from "../problem.ts"
import { bySide, hostsOf, type Command } from "./context.ts"
import { preview } from "./preview.ts"
import { readCount } from "./read-count.ts"

interface BackfillOptions {
  action?: string
  side?: string
  kinds?: string
  perMinute?: string
  detach?: boolean
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
  const { action = "start", side, kinds, perMinute, detach = false } = options
  if (!isAction(action)) throw wrongUse(`There is no backfill ${action}.`, `Use one of: ${ACTIONS.join(", ")}.`)
  const hosts = hostsOf(context, side)
  const names = kinds?.split(",").map((kind) => kind.trim())
  if (action === "preview") return preview(context, hosts, names)
  const pace = perMinute === undefined ? {} : { perMinute: readCount("--per-minute", perMinute, 1_000_000) }
  const { output } = context
  const results: [Host, Backfill | null][] = []
  for (const host of hosts) {
    const now =
      action === "status" || action === "watch"
        ? await host.backfill()
        : await host.steer(steering(action, { ...pace, ...(names ? { kinds: names } : {}) }))
    const isWatched = action === "watch" || (action === "start" && !detach)
    results.push([host, isWatched && now ? await watch(output, host, now) : now])
  }
  output.document(bySide(results))
  for (const [{ name }, progress] of results) output.print(`${name}: ${sentence(progress)}`)
  const quarantined = results.reduce((sum, [, progress]) => sum + (progress?.quarantined ?? 0), 0)
  if (quarantined === 0) return EXIT.fine
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
  const { state, done, total, quarantined, waiting: open, startedAt, endedAt } = progress
  const seconds = (Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)) / 1000
  const stopped = quarantined > 0 ? `, ${String(quarantined)} wait for a person` : ""
  const still = open > 0 ? `, ${String(open)} under way` : ""
  return `${state}, ${String(done)} of ${counted(total, "record")}${still}${stopped} in ${duration(seconds)}.`
}
