import { leapOver, type Link, alone, tellAgain } from "../link/link.ts"
import type { LinkState } from "../wire/messages.ts"

export type Repair =
  | { kind: "none" }
  /** `link` is to be saved; with `tell` it has something for the peer. */
  | { kind: "repaired"; link: Link; tell: boolean; reason: string }

/**
 * What must be done here so that a pair agrees again on what each side has taken in. What the peer has to do it finds out
 * by its own comparison.
 *
 * @param theirs - the peer's link to this record; `null` when it has none with a pair.
 * @param restored - this host's database was set back, and does not remember all that it has told.
 * @param isAlone - is it certain that the peer knows nothing of this pair, and not only not yet?
 */
export function planRepair(mine: Link, theirs: LinkState | null, restored: boolean, isAlone: boolean): Repair {
  // What either side believes alone is no pair: each announces its record again, and they find each other by key.
  if (theirs?.peer !== mine.localId && !isAlone) return { kind: "none" }
  if (theirs?.peer !== mine.localId)
    return {
      kind: "repaired",
      link: alone(mine),
      tell: mine.standing !== "archived" && mine.standing !== "ignored",
      reason: LOST,
    }
  // Where a database begins that was set back, one may have begun before: to the same backup.
  if (theirs.seen > mine.rev || (restored && theirs.seen === mine.rev))
    return { kind: "repaired", link: { ...leapOver(mine, theirs.seen), acked: theirs.seen }, tell: true, reason: BACK }
  if (theirs.seen < mine.acked)
    return {
      kind: "repaired",
      link: tellAgain(mine, theirs.seen),
      tell: true,
      reason: "the other side was restored from a backup",
    }
  if (theirs.seen > mine.acked)
    return {
      kind: "repaired",
      link: { ...mine, acked: theirs.seen },
      tell: mine.state === "quarantined",
      reason: restored ? BACK : "an answer was lost",
    }
  return { kind: "none" }
}

const BACK = "this side was restored from a backup"
const LOST = "the other side has lost its link"
