import { memberOf } from "../document/names.ts"
import { isAlive } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { SyncConfig } from "../mapping/config.ts"
import type { HostTransaction } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"

/**
 * The peer lacks something that these records refer to. What was there before the sync is here, and nobody has told of it:
 * it has no peer, and no mark. It is told behind all else, as by a backfill, and what it refers to itself in its turn.
 *
 * @param records - as they were sent, in the ids of this host.
 */
export async function tellUntold(
  config: SyncConfig,
  tx: HostTransaction,
  entity: EntityDefinition,
  records: readonly WireRecord[],
): Promise<void> {
  const referred = new Map<string, Set<string>>()
  for (const { fields } of records)
    for (const [name, [value]] of Object.entries(fields)) {
      const field = fieldOf(entity, name)
      const id = field?.type === "references" ? memberOf(name) : value
      if (field?.to === undefined || value === null || typeof id !== "string") continue
      referred.set(field.to, (referred.get(field.to) ?? new Set()).add(id))
    }
  for (const [kind, of] of referred) {
    if (!config.entities.has(kind)) continue
    const ids = [...of].sort()
    const met = new Set<string>()
    for (const link of await tx.links.find(kind, ids))
      if (link.peerId !== null || link.state !== "active" || !isAlive(link)) met.add(link.localId)
    const untold = ids.filter((id) => !met.has(id))
    const marked = await tx.marks.marked(kind, untold)
    const there = await tx.documents.present(
      kind,
      untold.filter((id) => !marked.has(id)),
    )
    await tx.marks.addLater(kind, [...there].sort())
  }
}
