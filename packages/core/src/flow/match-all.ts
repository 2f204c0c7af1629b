import type { Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostTransaction } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { groupBy, indexBy } from "./group-by.ts"
import { matchRecord, needsKey, type Match } from "./match.ts"
import { keyText } from "./match-key.ts"

export interface Matched {
  record: WireRecord
  match: Match
  localId: string | null
}

/** Finds out, without locks, which local record each one speaks of. A local record is matched at most once. */
export async function matchAll(
  tx: HostTransaction,
  entity: EntityDefinition,
  records: WireRecord[],
): Promise<Matched[]> {
  const senders = records.map((record) => record.id)
  const paired = indexBy(await tx.links.findByPeer(entity.name, senders), (link) => link.peerId)
  const names: string[] = []
  for (const { id, peer } of records) if (peer !== null && !paired.has(id)) names.push(peer)
  const named = names.length > 0 ? indexBy(await tx.links.find(entity.name, names), (link) => link.localId) : null
  const claimed = new Set<string>()
  const matched: Matched[] = []
  const sharing = groupBy(
    records.filter(({ alive, full, key }) => alive && full && key !== null),
    ({ key }) => keyText(key),
  )
  for (const record of records) {
    const found = {
      paired: paired.get(record.id) ?? null,
      named: (record.peer === null ? null : named?.get(record.peer)) ?? null,
    }
    let byKey: { localId: string; link: Link | null }[] = []
    let announced: Link[] = []
    let rivals: string[] = []
    if (needsKey(record, found) && record.key) {
      const ids = (await tx.documents.findByKey(entity.name, record.key)).filter((id) => !claimed.has(id))
      const links = indexBy(await tx.links.find(entity.name, ids), (link) => link.localId)
      byKey = ids.map((localId) => ({ localId, link: links.get(localId) ?? null }))
      announced = (await tx.links.findByAnnounced(entity.name, keyText(record.key))).filter(
        (link) => !claimed.has(link.localId),
      )
      rivals = (sharing.get(keyText(record.key)) ?? []).map(({ id }) => id).filter((id) => id !== record.id)
    }
    const match = matchRecord(record, { ...found, byKey, announced, rivals })
    const localId = match.kind === "linked" || match.kind === "adopt" ? match.localId : null
    if (localId !== null) claimed.add(localId)
    matched.push({ record, match, localId })
  }
  return matched
}
