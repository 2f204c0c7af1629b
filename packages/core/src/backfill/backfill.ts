import { SyncError } from "../errors.ts"
import { changeControl } from "../change-control.ts"
import type { Control, HostPorts, IdPage } from "../ports.ts"
import { SIZES } from "../sizes.ts"

/** A walk through records that were there before the sync, one for each database. */
export interface Backfill {
  id: string
  state: "running" | "paused" | "done" | "cancelled"
  /** Kinds to walk, parents before their parts. */
  kinds: string[]
  /** The kind that is walked now and where its next page begins. */
  cursor: { kind: string; after: string | null } | null
  /** Records that were taken, and how many there were when it began. */
  taken: number
  total: number
  /** Records a minute at most; `null` = as fast as they are sent. */
  perMinute: number | null
  startedAt: string
  /** When it last went on after a start or a pause, and how many were taken by then. */
  resumedAt: string
  takenBefore: number
  endedAt: string | null
}

export interface BackfillProgress extends Backfill {
  /** Taken records that have been sent or needed nothing. */
  done: number
  /** Taken records that wait to be sent. */
  waiting: number
  /** Records of these kinds that a person has to look at. */
  quarantined: number
  perSecond: number
  /** `null` while nothing moves. */
  secondsLeft: number | null
}

export interface BackfillOptions {
  /** All kinds of the mapping, unless some are named. */
  kinds?: string[] | undefined
  perMinute?: number | undefined
}

const MINUTE = 60_000
const NOTHING: IdPage = { ids: [], next: null }

/** The kinds to walk, parents before their parts. @throws SyncError `invalid_options` when one is not mapped. */
export function kindsToWalk({ config }: HostPorts, kinds: string[] | undefined): string[] {
  const mapped = [...config.entities.keys()]
  const unknown = kinds?.find((kind) => !config.entities.has(kind))
  if (unknown !== undefined)
    throw new SyncError("invalid_options", `The kind "${unknown}" is not mapped. Use some of: ${mapped.join(", ")}.`)
  return mapped.filter((kind) => kinds?.includes(kind) ?? true)
}

/** @throws SyncError `invalid_options` when one is running, or a kind is not mapped. */
export async function startBackfill(ports: HostPorts, { kinds, perMinute }: BackfillOptions = {}): Promise<Backfill> {
  const control = await ports.readControl()
  const walked = kindsToWalk(ports, kinds)
  const total = await ports.transaction({ own: true }, async ({ documents }) => {
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
    perMinute: perMinute ?? null,
    startedAt: now,
    resumedAt: now,
    takenBefore: 0,
    endedAt: null,
  }
  const start = ({ backfill }: Control) => {
    if (backfill && !backfill.endedAt)
      throw new SyncError(
        "invalid_options",
        `A backfill is ${backfill.state} since ${backfill.startedAt}. Let it end, or cancel it first.`,
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
export async function steerBackfill(ports: HostPorts, to: "pause" | "resume" | "cancel"): Promise<void> {
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
 * Takes the next records when the last ones have been sent. The cursor is stored behind their marks: after a crash one page
 * is marked again, which costs nothing.
 *
 * @returns whether there are new marks.
 */
export async function stepBackfill(ports: HostPorts, { backfill }: Control): Promise<boolean> {
  if (backfill?.state !== "running") return false
  if (allowance(backfill, ports.now()) < 0) return countAnew(ports, backfill)
  const { waiting, next } = await ports.transaction({ own: true }, async (tx) => {
    const later = await tx.marks.countLater()
    const room = Math.min(SIZES.walk, SIZES.waiting - later, allowance(backfill, ports.now()))
    let at: Position = backfill
    while (room > 0 && at.cursor !== null && at.taken === backfill.taken) {
      const { kind, after } = at.cursor
      const page = ports.config.entities.has(kind) ? await tx.documents.page(kind, after, room) : NOTHING
      await tx.marks.addLater(kind, page.ids)
      at = { taken: at.taken + page.ids.length, cursor: behind(backfill.kinds, kind, page) }
    }
    return { waiting: later, next: at }
  })
  const isDone = next.cursor === null && waiting === 0 && next.taken === backfill.taken
  if (next === backfill && !isDone) return false
  // A person may have paused, cancelled or replaced it meanwhile, and another process may have taken the same page.
  const moved = await changeControl(ports, ({ backfill: now }) => {
    if (now?.id !== backfill.id || now.taken !== backfill.taken) return null
    const { state, endedAt } =
      isDone && now.state === "running" ? { state: "done" as const, endedAt: ports.now().toISOString() } : now
    return { backfill: { ...now, cursor: next.cursor, taken: next.taken, state, endedAt } }
  })
  return moved !== null && next.taken > backfill.taken
}

type Position = Pick<Backfill, "cursor" | "taken">

function allowance({ perMinute, taken, takenBefore, resumedAt }: Backfill, now: Date): number {
  if (perMinute === null) return SIZES.walk
  return Math.floor((perMinute * (now.getTime() - Date.parse(resumedAt))) / MINUTE) - (taken - takenBefore)
}

/** More was taken than there was time for: the clock has been set back, and does not have to come back to where it was. */
async function countAnew(ports: HostPorts, { id, resumedAt }: Backfill): Promise<false> {
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
export async function readBackfill(ports: HostPorts): Promise<BackfillProgress | null> {
  const { backfill } = await ports.readControl()
  if (!backfill) return null
  const { waiting, quarantined } = await ports.transaction({ own: true }, async (tx) => ({
    waiting: await tx.marks.countLater(),
    quarantined: await tx.links.countQuarantined(backfill.kinds),
  }))
  const done = Math.max(0, backfill.taken - waiting)
  const until = backfill.endedAt === null ? ports.now() : new Date(backfill.endedAt)
  const seconds = Math.max(1, (until.getTime() - Date.parse(backfill.resumedAt)) / 1000)
  const perSecond = Math.max(0, done - backfill.takenBefore) / seconds
  const left = Math.max(0, backfill.total - done)
  const secondsLeft = backfill.state !== "running" || perSecond === 0 ? null : Math.round(left / perSecond)
  return { ...backfill, done, waiting, quarantined, perSecond, secondsLeft }
}
