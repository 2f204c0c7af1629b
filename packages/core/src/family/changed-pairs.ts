import type { SyncConfig } from "../mapping/config.ts"
import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember, memberOf } from "../document/names.ts"
import { asUntold, isAlive, isAway, isTombstone, tombstoneOf, type FieldState, type Link } from "../link/link.ts"
import { fieldOf } from "../mapping/entity.ts"
import type { HostTransaction } from "../ports.ts"
import { retell } from "../record/plan-push.ts"

/**
 * What becomes of a record whose answer names a peer that another one here has. `buried`: that one was deleted before it was
 * seen. `takes`: that one has gone, and this one was made in its place. `yields`: this one has gone. `waits`: that one has
 * come back, and the peer has not heard of that: it will be another one there. Of two that are both there the one of which the
 * peer has spoken last has it, and a person is asked only when that is not known.
 *
 * @param rev - of the peer, when it answered.
 */
export function againstRival(
  link: Link,
  rival: Link,
  peerId: string,
  rev: number,
): "buried" | "takes" | "yields" | "waits" | "both" {
  if (isTombstone(rival.localId)) return "buried"
  // It had the pair before, which the other one has got by this very answer.
  if (link.peerId === peerId && isAway(link)) return "yields"
  if (isAway(rival)) return "takes"
  if (rival.aliveRev > rival.acked) return "waits"
  if (isAway(link)) return "yields"
  return rev > rival.seen ? "takes" : "both"
}

/** What new peers mean for whoever refers to these records, and for their parts. */
export async function followSuccessors(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  succeeded: string[],
): Promise<void> {
  await retellReferring(config, tx, kind, succeeded)
  await buryParts(config, tx, kind, succeeded)
}

/**
 * Those of these records that have no peer any more, and may get another one. To one that has gone a reference is told when it is back: told
 * before, the peer would have to take it for empty.
 */
export async function retellUnpaired(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  links: readonly Link[],
): Promise<void> {
  const unpaired = links.filter((link) => link.peerId === null && isAlive(link))
  await retellReferring(
    config,
    tx,
    kind,
    unpaired.map(({ localId }) => localId),
  )
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
 * The parts of records whose pair has ended have none either: those of its peer went with it, or have another one. What was
 * told of them stays old.
 *
 * @param isOver - is a part's own pair over? Otherwise its peer is announced anew, and is looked for by its key.
 */
export async function buryParts(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
  isOver: (part: Link) => boolean = () => true,
): Promise<void> {
  if (wholes.length === 0) return
  for (const part of config.entities.values()) {
    if (part.parent === null || part.fields.get(part.parent)?.to !== kind) continue
    const ids = (await tx.links.findByParent(part.name, wholes)).map(({ localId }) => localId).sort()
    const links = (await tx.links.lock(part.name, ids)).filter(
      ({ peerId, state }) => peerId !== null && state !== "unlinked",
    )
    await tx.links.save(part.name, links.map(asUntold))
    await tx.links.save(part.name, links.filter(isOver).flatMap(buried))
  }
}
