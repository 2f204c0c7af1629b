import { isAlive, isAnnouncedAs, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, HostTransaction, MatchKey } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { adoptsKept, matchRecord, needsKey, type Candidates, type Match } from "./match.ts"
import { keyText } from "../record/match-key.ts"

export interface Matched {
  record: WireRecord
  match: Match
  localId: string | null
}

/** Of each record that is told under a key, by its id, those of one message that have the same key, itself among them. */
export type Rivals = ReadonlyMap<string, readonly string[]>

export function rivalsIn(records: readonly WireRecord[]): Rivals {
  const keyed = records.filter(({ alive, full, key }) => alive && full && key !== null)
  return new Map(
    [...groupBy(keyed, ({ key }) => keyText(key)).values()].flatMap((group) => {
      const ids = group.map(({ id }) => id)
      return ids.map((id) => [id, ids] as const)
    }),
  )
}

/**
 * Finds out, without locks, which local record each one speaks of. A local record is matched at most once.
 *
 * @param among - `rivals` of all their message, of which these may be a piece; `taken`: local records that others of the sender
 * have by then.
 */
export async function matchAll(
  host: Pick<HostPorts, "side" | "config">,
  tx: HostTransaction,
  entity: EntityDefinition,
  records: WireRecord[],
  { rivals: sharing = rivalsIn(records), taken = [] }: { rivals?: Rivals | undefined; taken?: readonly string[] } = {},
): Promise<Matched[]> {
  const senders = records.map((record) => record.id)
  const paired = indexBy(await tx.links.findByPeer(entity.name, senders), (link) => link.peerId)
  const names: string[] = []
  for (const { id, peer } of records) if (peer !== null && paired.get(id)?.localId !== peer) names.push(peer)
  const named = indexBy(await tx.links.find(entity.name, names), (link) => link.localId)
  const known = (record: WireRecord) => ({
    paired: paired.get(record.id) ?? null,
    named: (record.peer === null ? null : named.get(record.peer)) ?? null,
  })
  const holders = await findHolders(
    tx,
    entity,
    records.filter((record) => needsKey(record, known(record))),
  )
  const claimed = new Set(taken)
  const isFree = ({ localId }: { localId: string }): boolean => !claimed.has(localId)
  // Its own record is in this message, and says itself what becomes of it.
  const isToldOf = (link: Link | null): boolean => link !== null && link.peerId !== null && paired.has(link.peerId)
  const keeps = adoptsKept(host, entity)
  const matched: Matched[] = []
  const ending = keeps && entity.parent !== null ? endingPairs(records, known) : new Map<string, WireRecord>()
  const replaced = new Set<WireRecord>()
  for (const record of records) {
    const found = known(record)
    const holding = holders.byKey(record)
    const byKey = holding.filter((holder) => isFree(holder) && !isToldOf(holder.link))
    const announced = holders.announced(record).filter(isFree)
    const others = needsKey(record, found) ? (sharing.get(record.id) ?? []).filter((id) => id !== record.id) : []
    // Made anew under the key of one that ends with it: it goes on with that one's pair.
    const vacant = holding.find(({ localId }) => ending.has(localId))
    const { present } = holders
    const plain = matchRecord(record, { ...found, byKey, announced, present, rivals: others }, keeps && !vacant)
    const of = vacant && plain.kind === "create" ? ending.get(vacant.localId) : undefined
    const match: Match = vacant && of ? { kind: "adopt", localId: vacant.localId, of } : plain
    if (vacant && of) {
      ending.delete(vacant.localId)
      replaced.add(of)
    }
    const localId = match.kind === "linked" || match.kind === "adopt" ? match.localId : null
    if (localId !== null) claimed.add(localId)
    matched.push({ record, match, localId })
  }
  return matched.map((each) => {
    if (!replaced.has(each.record) || each.localId === null) return each
    return { ...each, match: { kind: "replaced", localId: each.localId }, localId: null }
  })
}

/** Records here whose end this message tells, by local id; both sides know of the pair. */
function endingPairs(
  records: WireRecord[],
  known: (record: WireRecord) => Pick<Candidates, "named" | "paired">,
): Map<string, WireRecord> {
  const ending = new Map<string, WireRecord>()
  for (const record of records) {
    const { paired } = known(record)
    if (record.alive || record.peer === null || record.peer !== paired?.localId) continue
    if (isAlive(paired) && paired.state !== "unlinked" && record.rev > paired.seen) ending.set(paired.localId, record)
  }
  return ending
}

interface Holders {
  /** Rows that hold the record's key. */
  byKey(record: WireRecord): { localId: string; link: Link | null }[]
  /** Links that are or were announced under it. */
  announced(record: WireRecord): Link[]
  /** Of those that wait for a record of the sender, by local id, the ones whose row is there. */
  present: ReadonlySet<string>
}

async function findHolders(tx: HostTransaction, entity: EntityDefinition, records: WireRecord[]): Promise<Holders> {
  const keys = new Map<string, MatchKey>()
  for (const { key } of records) if (key) keys.set(keyText(key), key)
  const textOf = ({ key }: WireRecord): string => keyText(key)
  const ids = await tx.documents.findByKeys(entity.name, [...keys.values()])
  const rows = new Map([...keys.keys()].map((text, i) => [text, ids[i] ?? []]))
  const links = indexBy(await tx.links.find(entity.name, [...new Set(ids.flat())]), ({ localId }) => localId)
  const announced = await tx.links.findByAnnounced(entity.name, [...keys.keys()])
  const waiting = announced.filter(({ awaiting }) => awaiting !== null).map(({ localId }) => localId)
  return {
    present: await tx.documents.present(entity.name, waiting),
    byKey: (record) =>
      (rows.get(textOf(record)) ?? []).map((localId) => ({ localId, link: links.get(localId) ?? null })),
    announced: (record) => announced.filter((link) => isAnnouncedAs(link, textOf(record))),
  }
}
