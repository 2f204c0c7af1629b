import { groupBy } from "../flow/group-by.ts"
import { isAway } from "../link/link.ts"
import type { SyncConfig } from "../mapping/config.ts"
import type { HostTransaction, OpenConflict } from "../ports.ts"
import { nameOf, type SeenRecord } from "./record-state.ts"
import type { PartCounts } from "./worst-state.ts"

/** A record as its host has it, with its open conflicts and how its parts are. */
export interface SeenWhole extends SeenRecord {
  conflicts: OpenConflict[]
  parts: PartCounts
}

/** Looks at these records, in their order; a few queries however many they are. */
export async function seeRecords(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  localIds: readonly string[],
): Promise<SeenWhole[]> {
  const ids = [...new Set(localIds)]
  const links = new Map((await tx.links.find(kind, ids)).map((link) => [link.localId, link]))
  const { marked, conflicts } = await about(tx, kind, ids)
  const parts = await countParts(config, tx, kind, ids)
  return localIds.map((id) => {
    const open = conflicts.get(id) ?? []
    return {
      link: links.get(id) ?? null,
      isMarked: marked.has(id),
      openConflicts: open.length,
      conflicts: open,
      parts: parts.get(id) ?? {},
    }
  })
}

async function about(tx: HostTransaction, kind: string, ids: string[]) {
  const marked = await tx.marks.marked(kind, ids)
  return { marked, conflicts: groupBy(await tx.conflicts.openOf(kind, ids), ({ localId }) => localId) }
}

/** By the wholes' ids. A part whose row is gone counts while its end is still to be told. */
async function countParts(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
): Promise<Map<string, PartCounts>> {
  const counts = new Map<string, PartCounts>()
  for (const { name, parent, fields } of config.entities.values()) {
    if (parent === null || name === kind || fields.get(parent)?.to !== kind) continue
    const links = await tx.links.findByParent(name, wholes)
    const { marked, conflicts } = await about(
      tx,
      name,
      links.map(({ localId }) => localId),
    )
    for (const link of links) {
      const { localId, parentId } = link
      const state = nameOf(link, marked.has(localId), conflicts.get(localId)?.length ?? 0)
      if (parentId === null || (isAway(link) && state === "archived")) continue
      const of = counts.get(parentId) ?? {}
      of[state] = (of[state] ?? 0) + 1
      counts.set(parentId, of)
    }
  }
  return counts
}
