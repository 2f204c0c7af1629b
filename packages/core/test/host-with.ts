import type { Document } from "../src/document/value.ts"
import type { Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"
import type { HostTransaction } from "../src/ports.ts"
import { MemoryHost } from "../src/testing/memory-host.ts"

export const config = resolveConfig()
export const kind = (name: string): EntityDefinition => {
  const found = config.entities.get(name)
  if (!found) throw new Error(name)
  return found
}

export interface Given {
  /** Kind → id → what the row holds. */
  rows?: Record<string, Record<string, Document>>
  links?: Link[]
}

/** A Medusa that holds what a test gives it, and a look at what a transaction of the engine makes of that. */
export function hostWith({ rows = {}, links = [] }: Given, log?: (line: string) => void) {
  const host = new MemoryHost({
    side: "medusa",
    config,
    epoch: "e1",
    clock: () => 1_000,
    newId: () => "id",
    ...(log && { log }),
  })
  for (const [name, each] of Object.entries(rows))
    for (const [id, row] of Object.entries(each)) host.table(name).rows.set(id, row)
  for (const link of links) {
    const table = host.table(link.entity)
    table.links.set(link.localId, link)
    if (link.peerId !== null) table.byPeer.set(link.peerId, link.localId)
  }
  const within = <T>(work: (tx: HostTransaction) => Promise<T>): Promise<T> => host.ports.transaction(work)
  const marked = (name = "variant"): string[] => [...host.table(name).marks.keys()].sort()
  const linkOf = (id: string): Link | undefined => host.table("variant").links.get(id)
  return { host, within, marked, linkOf }
}
