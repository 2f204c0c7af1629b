import { fingerprint } from "medusa-directus-core/host"
import { writerOf, type Change, type Side } from "./ledger.ts"

/** A row of an inbox. Both inboxes may have the same one: then their ids are the same. */
export type Kept = {
  inbox: Side
  id: string
  record: string
  field: string
  side: Side
  loser: string
  /** A fingerprint. */
  winner: string
}

/**
 * What is wrong with the inboxes.
 *
 * @param changes in the order in which each host made them
 * @param again values that a host wrote twice by itself: when those stood where says nothing
 */
export function findInboxFaults(
  changes: Change[],
  inbox: Kept[],
  final: Set<string | null>,
  again: Set<string>,
): string[] {
  const faults: string[] = []
  const ids = new Map<string, Set<string>>()
  for (const { loser, id } of inbox) ids.set(loser, (ids.get(loser) ?? new Set()).add(id))
  for (const [loser, { size }] of ids) {
    if (again.has(loser)) continue
    if (size > 1) faults.push(`kept ${String(size)} times: ${loser}`)
    if (final.has(loser)) faults.push(`kept though it stands: ${loser}`)
  }
  const stood = standings(changes)
  const written = new Map(changes.map(({ value }) => [fingerprint(value), value]))
  for (const { inbox: where, loser, side, winner } of inbox) {
    const won = written.get(winner)
    if (won === undefined || won === null) faults.push(`kept against a value that nobody wrote: ${loser} in ${where}`)
    else if (writerOf(loser) !== side || writerOf(won) === side)
      faults.push(`kept for the wrong side: ${loser} against ${won} in ${where}`)
    else if (again.has(loser) || again.has(won)) continue
    else if (stood.isBefore(loser, won)) faults.push(`kept though ${won} was written by one who had seen it: ${loser}`)
    else if (stood.isBefore(won, loser)) faults.push(`kept though its author had seen ${won}: ${loser}`)
  }
  return faults
}

/** Where values stood, and in which order. */
function standings(changes: Change[]) {
  const places = new Map<string, number>()
  changes.forEach(({ side, value }, at) => {
    if (value !== null) places.set(`${side} ${value}`, Math.min(at, places.get(`${side} ${value}`) ?? Infinity))
  })
  return {
    /** Did `first` stand on the host of `then`'s author before `then` was written? Then the author had seen it. */
    isBefore(first: string, then: string): boolean {
      const side = writerOf(then)
      const [early, late] = [places.get(`${side} ${first}`), places.get(`${side} ${then}`)]
      return early !== undefined && late !== undefined && early < late
    },
  }
}
