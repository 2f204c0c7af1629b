import type { SyncConfig } from "../mapping/config.ts"
import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember, memberOf } from "../document/names.ts"
import { asUntold, isAlive, isAway, isTombstone, tombstoneOf, type FieldState, type Link } from "../link/link.ts"
import { otherSide, type Side } from "../document/value.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { HostTransaction } from "../ports.ts"
import { alone } from "../repair/plan-repair.ts"
import type { WireRecord } from "../wire/messages.ts"
import type { Match } from "./match.ts"
import type { Matched } from "./match-all.ts"
import { retell } from "./plan-push.ts"

/**
 * The link of a record that was kept when its peer went, for the one that was made in that one's place: all that was kept is
 * new to it, but for what the archive has covered.
 */
export function forSuccessor({ archive }: EntityDefinition, kept: Link): Link {
  const link = asUntold(kept)
  const covered = archive && link.fields[archive.field]
  return archive && covered ? { ...link, fields: { ...link.fields, [archive.field]: { ...covered, r: 0 } } } : link
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

/**
 * What becomes of a record whose answer names a peer that another one here has. `buried`: that one was deleted before it was
 * seen. `takes`: that one has gone, and this one was made in its place. `yields`: this one has gone. `waits`: that one has
 * come back, and the peer has not heard of that: it will be another one there.
 */
export function againstRival(
  link: Link,
  rival: Link,
  peerId: string,
): "buried" | "takes" | "yields" | "waits" | "both" {
  if (isTombstone(rival.localId)) return "buried"
  // It had the pair before, which the other one has got by this very answer.
  if (link.peerId === peerId && isAway(link)) return "yields"
  if (isAway(rival)) return "takes"
  if (rival.aliveRev > rival.acked) return "waits"
  return isAway(link) ? "yields" : "both"
}

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

/** What new peers mean for whoever refers to these records, and for their parts. */
export async function followSuccessors(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  succeeded: string[],
): Promise<void> {
  await retellReferring(config, tx, kind, succeeded)
  const parts = await forgetPeersOfParts(config, tx, kind, succeeded)
  for (const [part, before] of parts) await tx.links.save(part, before.flatMap(buried))
}

/** Whoever refers to a record that gets another peer tells so again: the one before has taken that along. */
export async function retellReferring(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  ids: string[],
): Promise<void> {
  if (ids.length === 0) return
  const named = new Set(ids.map((id) => fingerprint(id)))
  for (const entity of config.entities.values()) {
    const isNamed = (name: string, { fp, went }: FieldState): boolean => {
      if (fieldOf(entity, name)?.to !== kind) return false
      if (went !== undefined) return ids.includes(went)
      return isMember(name) ? fp !== NULL_FINGERPRINT && ids.includes(memberOf(name)) : named.has(fp)
    }
    if (![...entity.fields.values()].some(({ to }) => to === kind)) continue
    const referring = (await tx.links.findReferring(entity.name, ids)).sort()
    const told = (await tx.links.lock(entity.name, referring)).flatMap((link) => {
      const names = Object.keys(link.fields).filter((name) => isNamed(name, link.fields[name] ?? { fp: "", r: 0 }))
      return names.length > 0 && link.state !== "unlinked" ? [retell(link, names)] : []
    })
    await tx.links.save(entity.name, told)
    await tx.marks.add(
      entity.name,
      told.filter(isAlive).map(({ localId }) => localId),
    )
  }
}

/** What a peer that is gone has told stays old, also when a copy of it comes late. */
export const buried = (link: Link): Link[] =>
  link.peerId === null ? [] : [tombstoneOf(link.entity, link.peerId, link.seen)]

/**
 * The parts of records whose pair has ended have none either: those of its peer went with it, or have another one.
 *
 * @returns what they were before, by kind.
 */
export async function forgetPeersOfParts(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
): Promise<Map<string, Link[]>> {
  const before = new Map<string, Link[]>()
  if (wholes.length === 0) return before
  for (const part of config.entities.values()) {
    if (part.parent === null || part.fields.get(part.parent)?.to !== kind) continue
    const ids = (await tx.links.findByParent(part.name, wholes)).map(({ localId }) => localId).sort()
    const links = (await tx.links.lock(part.name, ids)).filter(
      ({ peerId, state }) => peerId !== null && state !== "unlinked",
    )
    await tx.links.save(part.name, links.map(asUntold))
    before.set(part.name, links)
  }
  return before
}
