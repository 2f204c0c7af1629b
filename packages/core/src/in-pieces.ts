import { scopeOf, SyncError } from "./errors.ts"
import type { HostPorts } from "./ports.ts"
import { TIMERS } from "./timers.ts"

/** How often one record starts again when another transaction came between. */
const RESTARTS = 3
/** A failure that took so many milliseconds was a wait for a row: it is not waited for a second time at once. */
const LONG = 1_000
/** Milliseconds that a message waits for rows which somebody else holds: its sender waits for all of it, for 30 s at most. */
const LONGEST_WAIT = 16_000
/** In so many pieces a row that is held is found by two more waits. */
const PIECES = 10

/** What is left of the milliseconds that one message may wait. */
export interface Patience {
  left: number
}

export const newPatience = (): Patience => ({ left: LONGEST_WAIT })

const isBusy = (error: unknown): boolean => error instanceof SyncError && error.retryable
/** A unique violation may come from another process that applied the same record: look again. */
const isWorthARestart = (error: unknown): boolean =>
  !(error instanceof SyncError) || error.retryable || error.code === "not_unique"

interface Piece<T> {
  records: T[]
  restarts: number
  /** One of what it was split from is held by somebody else. */
  busy: boolean
}

function split<T>(records: T[], pieces: number, busy: boolean): Piece<T>[] {
  const size = Math.ceil(records.length / pieces)
  return Array.from({ length: Math.ceil(records.length / size) }, (_, i) => ({
    records: records.slice(i * size, (i + 1) * size),
    restarts: 0,
    busy,
  }))
}

/**
 * Does all in one transaction, since batches are what both hosts are fast at. When it fails, halves, down to the record that
 * is to blame. When a row is held by somebody else, each try is a wait of seconds: pieces of it come behind all others, and
 * what has not been done when the patience is over is left for the next message. What is no record's fault is tried once.
 *
 * @param work - in a transaction: all of these or none.
 * @param fail - for each record that could not be done.
 * @throws what concerns the whole message.
 */
export async function inPieces<T>(
  { timers = TIMERS }: Pick<HostPorts, "timers">,
  all: T[],
  patience: Patience,
  work: (records: T[]) => Promise<void>,
  fail: (record: T, error: unknown) => Promise<void>,
): Promise<void> {
  const queue: Piece<T>[] = [{ records: all, restarts: 0, busy: false }]
  let held: unknown
  for (let piece = queue.shift(); piece; piece = queue.shift()) {
    const { records, restarts, busy } = piece
    if (busy && patience.left <= 0) {
      for (const record of records) await fail(record, held)
      continue
    }
    const began = timers.now()
    try {
      await work(records)
    } catch (error) {
      const scope = scopeOf(error)
      if (scope === "message") throw error
      if (scope === "kind") {
        for (const record of [...records, ...queue.flatMap((left) => left.records)]) await fail(record, error)
        return
      }
      const took = timers.now() - began
      const isHeld = isBusy(error)
      if (isHeld) {
        patience.left -= took
        held = error
      }
      if (records.length > 1) {
        if (isHeld) queue.push(...split(records, PIECES, true))
        else queue.unshift(...split(records, 2, busy))
      } else if (restarts < RESTARTS && took < LONG && isWorthARestart(error))
        queue.unshift({ records, restarts: restarts + 1, busy })
      else for (const record of records) await fail(record, error)
    }
  }
}
