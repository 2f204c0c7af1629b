import { SyncError } from "../errors.ts"
import { groupBy } from "../flow/group-by.ts"
import type { HostPorts, HostTransaction } from "../ports.ts"
import { carryParts } from "../flow/parts.ts"
import { askedBack, isAlive } from "../link/link.ts"
import { release, type RecordId } from "./quarantine.ts"

/**
 * Sends records as they are now, and their parts: they wait for no poll and no retry, and those that are stopped are tried
 * again. What a person left alone stays so.
 *
 * @returns how many records are looked at, with their parts.
 * @throws SyncError `not_found` when a kind is not mapped.
 */
export async function sendNow(ports: HostPorts, records: RecordId[], by: string | null = null): Promise<number> {
  const { entities } = ports.config
  const unknown = records.find(({ entity }) => !entities.has(entity))
  if (unknown) throw new SyncError("not_found", `The sync knows no ${unknown.entity} ${unknown.localId}.`)
  return ports.transaction({ own: true }, async (tx) => {
    let sent = 0
    for (const [kind, group] of groupBy(records, ({ entity }) => entity)) {
      const ids = [...new Set(group.map(({ localId }) => localId))].sort()
      const alone = await release(ports, tx, kind, ids, by)
      const told = ids.filter((id) => !alone.has(id))
      await askBack(ports, tx, kind, told)
      await tx.marks.add(kind, told)
      sent += told.length + (await sendParts(ports, tx, kind, told, by))
    }
    return sent
  })
}

/** What the peer deleted and this host kept is there again: a person asks for it. */
export async function askBack(ports: HostPorts, tx: HostTransaction, kind: string, ids: string[]): Promise<void> {
  const kept = (await tx.links.lock(kind, ids)).filter(({ standing }) => standing === "ignored")
  const links = kept.map(askedBack)
  await tx.links.save(kind, links)
  const turned = links.filter(isAlive).map((link) => ({ link, told: true }))
  await carryParts(ports.config, ports.side, tx, kind, turned)
}

async function sendParts(
  ports: HostPorts,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
  by: string | null,
): Promise<number> {
  let sent = 0
  for (const part of ports.config.entities.values()) {
    if (part.parent === null || part.name === kind || part.fields.get(part.parent)?.to !== kind) continue
    const links = (await tx.links.findByParent(part.name, wholes)).filter(({ standing }) => standing === "alive")
    const ids = links.map(({ localId }) => localId).sort()
    const alone = await release(ports, tx, part.name, ids, by)
    const told = ids.filter((id) => !alone.has(id))
    await tx.marks.add(part.name, told)
    sent += told.length
  }
  return sent
}
