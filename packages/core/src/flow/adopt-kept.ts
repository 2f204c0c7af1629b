import type { SyncConfig } from "../mapping/config.ts"
import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember, memberOf } from "../document/names.ts"
import { asUntold, isAlive, tombstoneOf, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { HostTransaction } from "../ports.ts"
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
