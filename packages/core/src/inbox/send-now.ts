import { changeControl } from "../change-control.ts"
import { SyncError } from "../errors.ts"
import { CLOSED } from "../guard/breaker.ts"
import { livingParts } from "../family/parts.ts"
import { groupBy } from "../group-by.ts"
import type { HostPorts, HostTransaction, HostClock, HostSelf } from "../ports.ts"
import { askBack } from "../repair/ask-back.ts"
import { askAboutRecords } from "../repair/ask-places.ts"
import { release, type RecordId } from "./quarantine.ts"

/**
 * *Sync now*, on either host: sends records as they are now, and their parts. They wait for no poll and no retry, and those
 * that are stopped are tried again. What the peer deleted and this host kept comes back there. The peer is asked for what stands in places that are new here. What a person left alone stays so, until it is taken up again.
 *
 * @param atOnce - somebody is looking: the peer is asked now, and not when its rest is over.
 * @returns how many records are looked at, with their parts.
 * @throws SyncError `not_found` when a kind is not mapped.
 */
export async function sendNow(
  ports: HostPorts,
  records: RecordId[],
  by: string | null = null,
  atOnce = false,
): Promise<number> {
  const { entities } = ports.config
  const unknown = records.find(({ entity }) => !entities.has(entity))
  if (unknown) throw new SyncError("not_found", `The sync knows no ${unknown.entity} ${unknown.localId}.`)
  if (atOnce) await changeControl(ports, ({ breaker }) => (breaker.openUntil === null ? null : { breaker: CLOSED }))
  const all = await ports.transaction(async (tx) => {
    const sent: RecordId[] = []
    for (const [kind, group] of groupBy(records, ({ entity }) => entity)) {
      const ids = [...new Set(group.map(({ localId }) => localId))].sort()
      const alone = await release(ports, tx, kind, ids, by)
      const told = ids.filter((id) => !alone.has(id))
      await askBack(ports, tx, kind, told)
      await tx.marks.add(kind, told)
      sent.push(...told.map((localId) => ({ entity: kind, localId })), ...(await sendParts(ports, tx, kind, told, by)))
    }
    return sent
  })
  for (const [kind, group] of groupBy(all, ({ entity }) => entity))
    await askAboutRecords(
      ports,
      kind,
      group.map(({ localId }) => localId),
    )
  return all.length
}

async function sendParts(
  ports: HostSelf & HostClock,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
  by: string | null,
): Promise<RecordId[]> {
  const sent: RecordId[] = []
  for (const { kind: entity, ids } of await livingParts(ports.config, tx, kind, wholes)) {
    const alone = await release(ports, tx, entity, ids, by)
    const told = ids.filter((id) => !alone.has(id))
    await tx.marks.add(entity, told)
    sent.push(...told.map((localId) => ({ entity, localId })))
  }
  return sent
}
