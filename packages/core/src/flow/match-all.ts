import { isAlive, isAnnouncedAs, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, HostTransaction, MatchKey } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { groupBy, indexBy } from "./group-by.ts"
import { adoptsKept, matchRecord, needsKey, type Candidates, type Match } from "./match.ts"
import { keyText } from "./match-key.ts"

export interface Matched {
  record: WireRecord
  match: Match
  localId: string | null
}

/** Finds out, without locks, which local record each one speaks of. A local record is matched at most once. */
export async function matchAll(
  host: Pick<HostPorts, "side" | "config">,
  tx: HostTransaction,
  entity: EntityDefinition,
  records: WireRecord[],
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
  const claimed = new Set<string>()
  const isFree = ({ localId }: { localId: string }): boolean => !claimed.has(localId)
  // Its own record is in this message, and says itself what becomes of it.
  const isToldOf = (link: Link | null): boolean => link !== null && link.peerId !== null && paired.has(link.peerId)
  const keeps = adoptsKept(host, entity)
  const matched: Matched[] = []
  const ending = keeps && entity.parent !== null ? endingPairs(records, known) : new Map<string, WireRecord>()
  const replaced = new Set<WireRecord>()
  const sharing = groupBy(
    records.filter(({ alive, full, key }) => alive && full && key !== null),
    ({ key }) => keyText(key),
  )
  for (const record of records) {
    const found = known(record)
    const holding = holders.byKey(record)
    const byKey = holding.filter((holder) => isFree(holder) && !isToldOf(holder.link))
    const announced = holders.announced(record).filter(isFree)
    const rivals = needsKey(record, found) ? (sharing.get(keyText(record.key)) ?? []).map(({ id }) => id) : []
    const others = rivals.filter((id) => id !== record.id)
    // Made anew under the key of one that ends with it: it goes on with that one's pair.
    const vacant = holding.find(({ localId }) => ending.has(localId))
    const plain = matchRecord(record, { ...found, byKey, announced, rivals: others }, keeps && !vacant)
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
}

async function findHolders(tx: HostTransaction, entity: EntityDefinition, records: WireRecord[]): Promise<Holders> {
  const keys = new Map<string, MatchKey>()
  for (const { key } of records) if (key) keys.set(keyText(key), key)
  const textOf = ({ key }: WireRecord): string => keyText(key)
  const ids = await tx.documents.findByKeys(entity.name, [...keys.values()])
  const rows = new Map([...keys.keys()].map((text, i) => [text, ids[i] ?? []]))
  const links = indexBy(await tx.links.find(entity.name, [...new Set(ids.flat())]), ({ localId }) => localId)
  const announced = await tx.links.findByAnnounced(entity.name, [...keys.keys()])
  return {
    byKey: (record) =>
      (rows.get(textOf(record)) ?? []).map((localId) => ({ localId, link: links.get(localId) ?? null })),
    announced: (record) => announced.filter((link) => isAnnouncedAs(link, textOf(record))),
  }
}
