import { isAskedFor, placesToAsk } from "../record/apart.ts"
import { groupBy } from "../group-by.ts"
import { restingAmong, restingWholes } from "../family/parts.ts"
import { isAway, type Link } from "../link/link.ts"
import type { SyncConfig } from "../mapping/config.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostTransaction, OpenConflict } from "../ports.ts"
import { nameOf, type SeenRecord } from "./record-state.ts"
import type { PartCounts } from "../operate/states.ts"

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
  const { marked, stopped, conflicts } = await about(tx, kind, ids, [...links.values()])
  const parts = await countParts(config, tx, kind, ids, [...links.values()])
  const entity = config.entities.get(kind)
  const resting = entity ? await restingWholes(tx, entity, [...links.values()]) : null
  return localIds.map((id) => {
    const open = conflicts.get(id) ?? []
    const link = links.get(id) ?? null
    return {
      link,
      apart: apartIn(entity, link),
      rests: resting?.get(link?.parentId ?? "") ?? null,
      isMarked: marked.has(id),
      isStopped: stopped.has(id),
      openConflicts: open.length,
      conflicts: open,
      parts: parts.get(id) ?? {},
    }
  })
}

async function about(tx: HostTransaction, kind: string, ids: string[], links: Link[]) {
  const marked = await tx.marks.marked(kind, ids)
  const waiting = links.filter(({ state, heldBack }) => state === "quarantined" || heldBack)
  const stopped = await tx.links.stopped(
    kind,
    waiting.map(({ localId }) => localId),
  )
  return { marked, stopped, conflicts: groupBy(await tx.conflicts.openOf(kind, ids), ({ localId }) => localId) }
}

const apartIn = (entity: EntityDefinition | undefined, link: Link | null): SeenRecord["apart"] =>
  entity && link ? placesToAsk(entity, link).map((place) => ({ place, isAsked: isAskedFor(entity, link, place) })) : []

/** By the wholes' ids. A part whose row is gone counts while its end is still to be told. */
async function countParts(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  ids: string[],
  links: Link[],
): Promise<Map<string, PartCounts>> {
  const counts = new Map<string, PartCounts>()
  const resting = restingAmong(links)
  for (const entity of config.entities.values()) {
    const { name, parent, fields } = entity
    if (parent === null || name === kind || fields.get(parent)?.to !== kind) continue
    const parts = await tx.links.findByParent(name, ids)
    const { marked, stopped, conflicts } = await about(
      tx,
      name,
      parts.map(({ localId }) => localId),
      parts,
    )
    for (const link of parts) {
      const { localId, parentId } = link
      const state = nameOf({
        link,
        apart: apartIn(entity, link),
        isMarked: marked.has(localId),
        isStopped: stopped.has(localId),
        openConflicts: conflicts.get(localId)?.length ?? 0,
        rests: resting.get(parentId ?? "") ?? null,
      })
      if (parentId === null || (isAway(link) && state === "archived")) continue
      const of = counts.get(parentId) ?? {}
      of[state] = (of[state] ?? 0) + 1
      counts.set(parentId, of)
    }
  }
  return counts
}
