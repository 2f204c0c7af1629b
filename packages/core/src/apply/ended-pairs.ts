import { asUntold, isTombstone, type FieldState, type Link, alone } from "../link/link.ts"
import { otherSide, type Side } from "../document/value.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { WireRecord } from "../wire/messages.ts"
import type { Match } from "./match.ts"
import type { Matched } from "./match-all.ts"
import { buried } from "../family/changed-pairs.ts"

/**
 * The link of a record that was kept when its peer went, for the one that was made in that one's place: all that was kept is
 * new to it, but for what the archive has covered where that one has a value of its own, and for what loses here without anybody
 * here having typed it: that was its author's own.
 */
export function forSuccessor(entity: EntityDefinition, side: Side, kept: Link, record: WireRecord): Link {
  const link = asUntold(kept)
  const isLost = (name: string): boolean => {
    const state = kept.fields[name]
    const isTheirs = state?.r === 0 && state.went === undefined && state.unreleased === undefined
    return isTheirs && name in record.fields && fieldOf(entity, name)?.wins !== side
  }
  const fields = Object.entries(link.fields).map(([name, state]): [string, FieldState] =>
    name === entity.archive?.field && name in record.fields
      ? [name, { ...state, r: 0 }]
      : [name, isLost(name) ? { fp: state.fp, r: 0 } : state],
  )
  return { ...link, fields: Object.fromEntries(fields) }
}

/**
 * A record whose peer was made anew within one message, and what is told of the new one. What both knew of the one before is
 * the author's to say again: a value that the new one has takes the place of it, and so does none of a field that is the
 * author's alone. What the new one does not speak of stays, and is told to it, as is what it cannot have seen.
 */
export function forReplacement(
  entity: EntityDefinition,
  side: Side,
  { link, of }: { link: Link; of: WireRecord },
  record: WireRecord,
): { link: Link; record: WireRecord } {
  const untold = asUntold(link)
  const fields = { ...untold.fields }
  const told = { ...record.fields }
  for (const [name, { fp, r }] of Object.entries(link.fields)) {
    const field = fieldOf(entity, name)
    const isTheirs = field !== undefined && field[otherSide(side)] !== null && !mayReceive(field, otherSide(side))
    if (r > of.seen || !(name in told || isTheirs)) continue
    fields[name] = { fp, r: 0 }
    if (!(name in told)) told[name] = [null, record.rev]
  }
  return { link: { ...untold, fields }, record: { ...record, fields: told } }
}

/** Whose pair a record of the peer was here, and is not any more. */
export const insteadOf = (match: Match): string | undefined => ("instead" in match ? match.instead : undefined)

/** A pair that was told to be over and goes on with another record: what was heard of it stays old. */
export const heardBefore = (link: Link | null, instead: Link | undefined): Link | null =>
  link && link.peerId === null && instead && isTombstone(instead.localId) ? { ...link, seen: instead.seen } : link

export interface EndedPairs {
  /** Links that have no peer any more, as they are then. */
  released: Link[]
  /** Tombstones whose record goes on with another one. */
  over: string[]
  /** What was heard of peers that are gone. */
  past: Link[]
  /** Records that were kept, and have the peer that was made in the place of theirs. */
  succeeded: string[]
}

/**
 * The pairs that an apply ends.
 *
 * @param links - as they were before, by local id.
 * @param save - as they will be. One whose write was refused is not among them and keeps its pair.
 */
export function endedPairs(matched: readonly Matched[], links: ReadonlyMap<string, Link>, save: Link[]): EndedPairs {
  const saved = new Map(save.map((link) => [link.localId, link]))
  const isOver = ({ record, match }: Matched): boolean =>
    match.kind === "need_full" || (match.kind === "adopt" && saved.get(match.localId)?.peerId === record.id)
  const over = matched.filter(isOver).flatMap(({ match }) => insteadOf(match) ?? [])
  const kept = matched.flatMap(({ match }): Link[] => {
    const link = match.kind === "adopt" ? links.get(match.localId) : undefined
    return link ? [{ ...link, seen: (match.kind === "adopt" ? match.of?.rev : undefined) ?? link.seen }] : []
  })
  const succeeded = kept.filter(({ localId, peerId }) => peerId !== null && saved.has(localId))
  const asked = matched.flatMap(({ match }) =>
    match.kind === "need_full" ? (links.get(match.instead ?? "") ?? []) : [],
  )
  return {
    released: over.flatMap((id) => (saved.has(id) || isTombstone(id) ? [] : (links.get(id) ?? []))).map(alone),
    over: over.filter(isTombstone),
    past: [...succeeded, ...asked].flatMap(buried),
    succeeded: succeeded.map(({ localId }) => localId),
  }
}
