import { SyncError } from "../errors.ts"
import { changeControl } from "../change-control.ts"
import { askAllBack } from "../repair/ask-back.ts"
import { isAlive } from "../link/link.ts"
import type { Control } from "../control.ts"
import type { HostPorts, IdPage, HostClock, HostControl, HostDatabase, HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { askForBrought } from "./brought.ts"
import type { Backfill, BackfillOptions, BackfillProgress } from "../operate/job.ts"

const MINUTE = 60_000
const NOTHING: IdPage = { ids: [], next: null }

/** The kinds to walk, parents before their parts. @throws SyncError `invalid_options` when one is not mapped. */
export function kindsToWalk({ config }: HostSelf, kinds: string[] | undefined): string[] {
  const mapped = [...config.entities.keys()]
  const unknown = kinds?.find((kind) => !config.entities.has(kind))
  if (unknown !== undefined)
    throw new SyncError("invalid_options", `The kind "${unknown}" is not mapped. Use some of: ${mapped.join(", ")}.`)
  return mapped.filter((kind) => kinds?.includes(kind) ?? true)
}

/** @throws SyncError `invalid_options` when one is running, or a kind is not mapped. */
export async function startBackfill(
  ports: HostPorts,
  { kinds, perMinute, publish = false, leaveDeleted = false }: BackfillOptions = {},
): Promise<Backfill> {
  const control = await ports.readControl()
  const walked = kindsToWalk(ports, kinds)
  const total = await ports.transaction(async ({ documents }) => {
    let sum = 0
    for (const kind of walked) sum += await documents.count(kind)
    return sum
  })
  const now = ports.now().toISOString()
  const started: Backfill = {
    id: ports.newId(),
    state: "running",
    kinds: walked,
    cursor: beginningOf(walked[0]),
    taken: 0,
    total,
    ...(leaveDeleted ? { leaveDeleted } : {}),
    perMinute: perMinute ?? null,
    publish,
    startedAt: now,
    resumedAt: now,
    takenBefore: 0,
    endedAt: null,
  }
  const start = ({ backfill }: Control) => {
    if (backfill && !backfill.endedAt)
      throw new SyncError(
        "invalid_options",
        `A backfill is ${backfill.state} since ${backfill.startedAt}. ${backfill.state === "paused" ? "Resume it" : "Let it end"}, or cancel it first.`,
      )
    return { backfill: started }
  }
  await changeControl(ports, start, control)
  return started
}

/**
 * Pauses, goes on with, or ends the backfill. What was taken already is sent all the same: it is as dirty as after an edit.
 *
 * @throws SyncError `invalid_options` when there is none that is under way.
 */
export async function steerBackfill(ports: HostControl & HostClock, to: "pause" | "resume" | "cancel"): Promise<void> {
  const now = ports.now().toISOString()
  await changeControl(ports, ({ backfill }) => {
    if (!backfill || backfill.endedAt)
      throw new SyncError("invalid_options", "There is no backfill under way. Start one first.")
    const steered: Record<typeof to, Backfill> = {
      pause: { ...backfill, state: "paused" },
      resume: { ...backfill, state: "running", resumedAt: now, takenBefore: backfill.taken },
      cancel: { ...backfill, state: "cancelled", endedAt: now },
    }
    return { backfill: steered[to] }
  })
}

/**
 * Takes the next records when the last ones have been sent, and asks those back that the peer has deleted. The cursor is stored behind their marks: after a crash one page
 * is marked again, which costs nothing.
 *
 * @returns whether there are new marks.
 */
export async function stepBackfill(ports: HostPorts, { backfill }: Control): Promise<boolean> {
  if (backfill?.state !== "running") return false
  if (allowance(backfill, ports.now()) < 0) return countAnew(ports, backfill)
  const { waiting, next, found } = await ports.transaction(async (tx) => {
    const later = await tx.marks.countLater()
    const room = Math.min(SIZES.walk, SIZES.waiting - later, allowance(backfill, ports.now()))
    let at: Position = backfill
    let found: { kind: string; ids: string[] } | null = null
    while (room > 0 && at.cursor !== null && at.taken === backfill.taken) {
      const { kind, after } = at.cursor
      const page = ports.config.entities.has(kind) ? await tx.documents.page(kind, after, room) : NOTHING
      await tx.marks.addLater(kind, page.ids, backfill.publish)
      found = { kind, ids: page.ids }
      at = { taken: at.taken + page.ids.length, cursor: behind(backfill.kinds, kind, page) }
    }
    return { waiting: later, next: at, found }
  })
  const back = found && !backfill.leaveDeleted ? await askPageBack(ports, backfill, found) : 0
  const isDone = next.cursor === null && waiting === 0 && next.taken === backfill.taken
  if (next === backfill && !isDone) return false
  const shop = isDone ? await askForBrought(ports, backfill) : null
  // A person may have paused, cancelled or replaced it meanwhile, and another process may have taken the same page.
  const moved = await changeControl(ports, ({ backfill: now }) => {
    if (now?.id !== backfill.id || now.taken !== backfill.taken) return null
    const end =
      isDone && now.state === "running"
        ? { state: "done" as const, endedAt: ports.now().toISOString(), ...(shop ? { shop } : {}) }
        : {}
    return { backfill: { ...now, cursor: next.cursor, taken: next.taken, back: (now.back ?? 0) + back, ...end } }
  })
  return moved !== null && next.taken > backfill.taken
}

/** @returns how many come back, as a preview counts them: with each its parts, of the kinds that are walked. */
async function askPageBack(
  ports: HostPorts,
  { kinds, publish }: Pick<Backfill, "kinds" | "publish">,
  { kind, ids }: { kind: string; ids: string[] },
): Promise<number> {
  const back = (await askAllBack(ports, kind, ids, publish)).sort()
  if (back.length === 0) return 0
  const partKinds = [...ports.config.entities.values()].filter(
    ({ name, parent, fields }) => kinds.includes(name) && fields.get(parent ?? "")?.to === kind,
  )
  return ports.transaction(async ({ links, documents }) => {
    let sum = back.length
    for (const { name } of partKinds) {
      const parts = (await links.findByParent(name, back)).filter((link) => isAlive(link) && link.state !== "unlinked")
      sum += (await documents.present(name, parts.map(({ localId }) => localId).sort())).size
    }
    return sum
  })
}

type Position = Pick<Backfill, "cursor" | "taken">

function allowance({ perMinute, taken, takenBefore, resumedAt }: Backfill, now: Date): number {
  if (perMinute === null) return SIZES.walk
  return Math.floor((perMinute * (now.getTime() - Date.parse(resumedAt))) / MINUTE) - (taken - takenBefore)
}

/** More was taken than there was time for: the clock has been set back, and does not have to come back to where it was. */
async function countAnew(ports: HostControl & HostClock, { id, resumedAt }: Backfill): Promise<false> {
  await changeControl(ports, ({ backfill: now }) =>
    now?.id === id && now.resumedAt === resumedAt
      ? { backfill: { ...now, resumedAt: ports.now().toISOString(), takenBefore: now.taken } }
      : null,
  )
  return false
}

const beginningOf = (kind: string | undefined): Backfill["cursor"] =>
  kind === undefined ? null : { kind, after: null }

const behind = (kinds: string[], kind: string, { next }: IdPage): Backfill["cursor"] =>
  next === null ? beginningOf(kinds[kinds.indexOf(kind) + 1]) : { kind, after: next }

/** @returns `null` when there has been none. */
export async function readBackfill(ports: HostDatabase & HostControl & HostClock): Promise<BackfillProgress | null> {
  const { backfill } = await ports.readControl()
  if (!backfill) return null
  const { waiting, quarantined } = await ports.transaction(async (tx) => ({
    waiting: await tx.marks.countLater(),
    quarantined: await tx.links.countQuarantined(backfill.kinds),
  }))
  const done = Math.max(0, backfill.taken - waiting)
  const until = backfill.endedAt === null ? ports.now() : new Date(backfill.endedAt)
  const seconds = Math.max(1, (until.getTime() - Date.parse(backfill.resumedAt)) / 1000)
  const perSecond = Math.max(0, done - backfill.takenBefore) / seconds
  // Records that came meanwhile were taken, too.
  const total = Math.max(backfill.total, backfill.taken)
  const left = Math.max(0, total - done)
  const secondsLeft = backfill.state !== "running" || perSecond === 0 ? null : Math.round(left / perSecond)
  return { ...backfill, total, back: backfill.back ?? 0, done, waiting, quarantined, perSecond, secondsLeft }
}
