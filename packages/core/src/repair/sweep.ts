import { capture } from "../flow/capture.ts"
import { indexBy } from "../flow/group-by.ts"
import { goneWithParent } from "../flow/parts.ts"
import { isTombstone, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, HostRow, HostTransaction } from "../ports.ts"

/** A record that is not as its link remembers it: something changed it and told nobody. */
export interface Drift {
  entity: string
  localId: string
  /** `new`: no link yet. `gone`, `back`: the row left or returned. `untold`: its mark was lost. */
  kind: "new" | "changed" | "gone" | "back" | "untold"
  /** Names of the fields that differ. */
  fields: string[]
}

export interface SweepOptions {
  /** Is a row without a link news? In a collection that was there before the sync it is not, until a backfill. */
  takesUnlinked: (entity: string) => boolean
  /** Called between two pages: lets the process do its own work first. `false` ends the sweep. */
  rest: (tookMs: number) => Promise<boolean>
}

const PAGE = 500
const GONE: HostRow = { present: false, fields: null }

/**
 * Walks all rows and all links and marks what differs: changes by plain SQL, by a trigger that was dropped, by a restored
 * table; and what waits to be sent without a mark.
 *
 * @param found - called with each page's findings; nothing is marked when it returns `false`.
 * @returns how many marks were made.
 */
export async function sweepOnce(
  ports: HostPorts,
  { takesUnlinked, rest }: SweepOptions,
  found: (drifts: Drift[]) => boolean = () => true,
): Promise<number> {
  let marked = 0
  for (const entity of ports.config.entities.values()) {
    for (const look of [lookAtRows, lookAtLinks]) {
      let after: string | null = null
      do {
        const startedAt = ports.now().getTime()
        const from: string | null = after
        const page: Page = await ports.transaction({ own: true }, async (tx) => {
          const looked = await look(tx, entity, from, takesUnlinked)
          const ids = found(looked.drifts) ? looked.drifts.map(({ localId }) => localId) : []
          if (ids.length > 0) await tx.marks.add(entity.name, ids)
          marked += ids.length
          return looked
        })
        after = page.next
        if (!(await rest(ports.now().getTime() - startedAt))) return marked
      } while (after !== null)
    }
  }
  return marked
}

interface Page {
  drifts: Drift[]
  /** Where the next page begins; `null` after the last. */
  next: string | null
}

const nextOf = (ids: string[]): string | null => (ids.length < PAGE ? null : (ids.at(-1) ?? null))

async function lookAtRows(
  tx: HostTransaction,
  entity: EntityDefinition,
  after: string | null,
  takesUnlinked: (entity: string) => boolean,
): Promise<Page> {
  const ids = await tx.documents.page(entity.name, after, PAGE)
  const rows = await tx.documents.read(entity.name, ids)
  const links = indexBy(await tx.links.find(entity.name, ids), ({ localId }) => localId)
  const drifts = ids.flatMap((localId): Drift[] => {
    const link = links.get(localId)
    const row = rows.get(localId) ?? GONE
    // One that a filter hides is there and is not: its link tells.
    if (!row.present) return []
    if (link) return driftOf(entity, link, row)
    return takesUnlinked(entity.name) ? [{ entity: entity.name, localId, kind: "new", fields: [] }] : []
  })
  return { drifts, next: nextOf(ids) }
}

async function lookAtLinks(tx: HostTransaction, entity: EntityDefinition, after: string | null): Promise<Page> {
  const ids = await tx.links.page(entity.name, after, PAGE)
  const links = (await tx.links.find(entity.name, ids)).filter(
    ({ localId, standing }) => standing !== "gone" && !isTombstone(localId),
  )
  const rows = await tx.documents.read(
    entity.name,
    links.map(({ localId }) => localId),
  )
  const absent = links.filter(({ localId }) => !rows.get(localId)?.present)
  const wentAlong = await goneWithParent(tx, entity, absent)
  const drifts = absent
    .filter(({ localId }) => !wentAlong.has(localId))
    .flatMap((link): Drift[] => {
      // It went with its parent, which is back without it: it was lost on the way.
      if (link.standing === "along")
        return link.parentId === null ? [] : [{ entity: entity.name, localId: link.localId, kind: "gone", fields: [] }]
      return driftOf(entity, link, rows.get(link.localId) ?? GONE)
    })
  return { drifts, next: nextOf(ids) }
}

function driftOf(entity: EntityDefinition, link: Link, row: HostRow): Drift[] {
  if (link.state === "unlinked") return []
  const captured = capture(entity, link, link.localId, row)
  const drift = (kind: Drift["kind"], fields: string[] = []): Drift[] => [
    { entity: entity.name, localId: link.localId, kind, fields },
  ]
  if (captured?.aliveChanged) return drift(row.present ? "back" : "gone", captured.changed)
  if (captured && captured.changed.length > 0) return drift("changed", captured.changed)
  return link.state === "active" && !link.heldBack && needsPush(link) && row.present ? drift("untold") : []
}
