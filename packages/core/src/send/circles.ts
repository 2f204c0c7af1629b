import type { Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { NO_ROW, type HostTransaction, type Mark, type HostDatabase, type HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import type { WireRecord } from "../wire/messages.ts"
import { capture } from "../record/capture.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { seeLost } from "../record/lost.ts"
import { planPush, type PushPlan } from "../record/plan-push.ts"
import { lookAround } from "../family/references.ts"
import { holderIn, takenAmong, waitsForValue } from "../record/taken.ts"

/** Records of one kind of which each wants the value that the peer still has under the next one. */
export interface Circle {
  /** Those whose marks are not leased here: they are told all the same, and no mark answers for them. */
  along: WireRecord[]
}

/** A record that is to be told, and the mark that it answers for. */
export interface Ready {
  mark: Mark
  record: WireRecord
  /** The peer's record whose value it wants. Absent or `null` = none that is known. */
  wants?: string | null
  /** It arrives with all of them in one message, or not at all. */
  circle?: Circle
}

type Send = Extract<PushPlan, { kind: "send" }>

/** The peer's record that has the value which this push tells once more. */
export function wantedFrom(entity: EntityDefinition, { link, record }: Send): string | null {
  if (!waitsForValue(link) || record.peer === null) return null
  return takenAmong(entity, link.reason, Object.keys(record.fields)).length > 0 ? holderIn(link.reason) : null
}

/**
 * Looks for circles that what is ready is a part of, and adds what is missing in them: another process may have leased it, it may
 * be in another message, or be stopped.
 *
 * @param ready - gets its circles.
 * @param base - see `capture`.
 */
export async function joinCircles(ports: HostSelf & HostDatabase, ready: Ready[], base: number): Promise<void> {
  const wanting = ready.filter(({ wants }) => wants != null)
  for (const [kind, of] of groupBy(wanting, ({ record }) => record.entity)) {
    const entity = ports.config.entities.get(kind)
    if (entity) await ports.transaction((tx) => joinKind(tx, entity, of, base))
  }
}

/** What wants another one's value: by its peer's id. */
interface Wanting {
  localId: string
  wants: string
}

async function joinKind(tx: HostTransaction, entity: EntityDefinition, ready: Ready[], base: number): Promise<void> {
  const known = new Map<string, Wanting>()
  for (const { record, wants } of ready) if (wants != null) known.set(record.peer ?? "", { localId: record.id, wants })
  for (let next = [...known.values()]; next.length > 0 && known.size <= 2 * SIZES.message;) {
    const unknown = [...new Set(next.map(({ wants }) => wants))].filter((peerId) => !known.has(peerId))
    next = (await tx.links.findByPeer(entity.name, unknown)).flatMap((link) => {
      const wants = waitsForValue(link) && link.state !== "unlinked" ? holderIn(link.reason) : null
      if (wants === null || link.peerId === null) return []
      const wanting = { localId: link.localId, wants }
      known.set(link.peerId, wanting)
      return [wanting]
    })
  }
  const mine = indexBy(ready, ({ record }) => record.id)
  for (const one of ready) {
    const ids = one.circle ? null : circleFrom(known, one.record.peer ?? "")
    const others = ids && (await told(tx, entity, ids.filter((id) => !mine.has(id)).sort(), base))
    const circle = others && { along: others }
    for (const id of circle && ids ? ids : []) {
      const member = mine.get(id)
      if (member && circle) member.circle = circle
    }
  }
}

/** @returns the local ids of a circle that fits into one message; `null`: there is none. */
function circleFrom(known: ReadonlyMap<string, Wanting>, first: string): string[] | null {
  const ids: string[] = []
  for (let at: string | undefined = first; ids.length <= SIZES.message;) {
    const one: Wanting | undefined = known.get(at)
    if (!one) return null
    ids.push(one.localId)
    at = one.wants
    if (at === first) return ids.length <= SIZES.message ? ids : null
  }
  return null
}

/** @returns what is told of all of these; `null`: one of them does not want its value any more, or has more to tell before it. */
async function told(
  tx: HostTransaction,
  entity: EntityDefinition,
  ids: string[],
  base: number,
): Promise<WireRecord[] | null> {
  const links = indexBy(await tx.links.lock(entity.name, ids), ({ localId }) => localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  const around = await lookAround(tx, entity, links, rows)
  const records: WireRecord[] = []
  const save: Link[] = []
  for (const id of ids) {
    const [link, row] = [links.get(id) ?? null, rows.get(id) ?? NO_ROW]
    if (!link || !row.present || around.restsWithParent(link, row)) return null
    const captured = capture(entity, link, id, row, base)
    if (!captured || captured.aliveChanged || captured.changed.length > 0) return null
    const plan = planPush(entity, { ...captured.link, state: "active" }, row, around.known)
    if (plan.kind !== "send" || wantedFrom(entity, plan) === null) return null
    records.push(plan.record)
    if (plan.link.rev !== link.rev) save.push({ ...plan.link, state: link.state })
  }
  await tx.links.save(entity.name, save)
  return records
}
