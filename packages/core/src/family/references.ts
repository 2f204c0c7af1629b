import { memberName, memberOf, setOf } from "../document/names.ts"
import { isAlive, isAnnounced, isAway, isBlocked, isUnanswered, isUnproven, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition, type FieldDefinition } from "../mapping/entity.ts"
import type { HostRow, HostTransaction } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { parentIn } from "../record/capture.ts"
import { goneWithParent } from "./parts.ts"
import type { Known } from "../record/plan-push.ts"

const referring = (entity: EntityDefinition): FieldDefinition[] =>
  [...entity.fields.values()].filter(({ to }) => to !== undefined)

/** Kind → ids of the records of that kind. */
type Ids = Map<string, Set<string>>

function note(ids: Ids, kind: string | undefined, id: unknown): void {
  if (kind === undefined || typeof id !== "string") return
  const known = ids.get(kind)
  if (known) known.add(id)
  else ids.set(kind, new Set([id]))
}

/** The other record's id: behind a member's name, or the value of a reference. */
function noteReferred(ids: Ids, entity: EntityDefinition, name: string, value: unknown): void {
  const field = fieldOf(entity, name)
  if (field?.to !== undefined) note(ids, field.to, field.type === "references" ? memberOf(name) : value)
}

/** What a record's push depends on beside the record itself. */
export interface Around {
  /** While its parent is not alive, or gone with it, a part has nothing of its own to tell. */
  restsWithParent(link: Link | null, row: HostRow): boolean
  known: Known
}

const ALONE: Around = { restsWithParent: () => false, known: () => "known" }

/** Looks up, for rows about to be pushed, the links of whatever they refer to. */
export async function lookAround(
  tx: HostTransaction,
  entity: EntityDefinition,
  links: ReadonlyMap<string, Link>,
  rows: ReadonlyMap<string, HostRow>,
): Promise<Around> {
  if (referring(entity).length === 0) return ALONE
  const parent = entity.parent === null ? undefined : entity.fields.get(entity.parent)?.to
  const ids: Ids = new Map()
  for (const [localId, { present, fields }] of rows) {
    const link = links.get(localId)
    note(ids, parent, link?.parentId)
    for (const [name, value] of Object.entries((present && fields) || {})) noteReferred(ids, entity, name, value)
    for (const name in link?.fields) noteReferred(ids, entity, name, null)
  }
  const found = new Map<string, Link>()
  for (const [kind, of] of ids)
    for (const link of await tx.links.find(kind, [...of])) found.set(`${kind} ${link.localId}`, link)
  // Those without a link were either not looked at yet, or came and went before the peer was told.
  const untold = new Set<string>()
  for (const [kind, of] of ids) {
    const others = [...of].filter((id) => kind !== parent && !found.has(`${kind} ${id}`)).sort()
    const there = await tx.documents.present(kind, others)
    for (const id of others) if (!there.has(id)) untold.add(`${kind} ${id}`)
  }
  const gone = [...links.values()].filter((link) => link.standing !== "gone" && !rows.get(link.localId)?.present)
  const wentAlong = await goneWithParent(tx, entity, gone)
  return {
    restsWithParent(link, row) {
      if (parent === undefined || (link && isUnanswered(link) && !row.present)) return false
      const parentId = (row.present && row.fields && parentIn(entity, row.fields)) || link?.parentId
      const above = parentId ? found.get(`${parent} ${parentId}`) : undefined
      if (above && (!isAlive(above) || above.state === "unlinked")) return true
      return link !== null && wentAlong.has(link.localId)
    },
    known(kind, localId) {
      const link = found.get(`${kind} ${localId}`)
      if (!link) return untold.has(`${kind} ${localId}`) ? "untold" : "known"
      if (isUnproven(link)) return "unproven"
      if (link.peerId === null && !isAnnounced(link))
        return isAlive(link) ? (isBlocked(link) ? "blocked" : "known") : isAway(link) ? "untold" : "blocked"
      if (!isBlocked(link)) return isUnanswered(link) && link.awaiting !== null ? "waits" : "known"
      if (link.peerId !== null) return "ended"
      return isAlive(link) || link.aliveRev > link.acked ? "blocked" : "untold"
    },
  }
}

interface Referred {
  localId: string
  present: boolean
  /** It is left alone for good, and has gone: nobody can wait for it. */
  ended: boolean
}

export interface Resolved {
  /** The records in the ids of this host, each with the one that was sent. */
  ready: Map<WireRecord, WireRecord>
  /** Records that refer to what is not here, or not yet, each with the first field that does. */
  waiting: Map<WireRecord, string>
  /** The sender's name for a field. */
  theirName: (field: string) => string
}

/** Records of the sender that are not linked yet and would be, by kind and id, each with the id that it would have here. */
export type Foreseen = ReadonlyMap<string, string>

export const foreseenName = (kind: string, id: string): string => `${kind} ${id}`

/** Puts this host's ids in the place of the sender's. */
export async function resolveReferences(
  tx: HostTransaction,
  entity: EntityDefinition,
  records: WireRecord[],
  foreseen: Foreseen = new Map(),
): Promise<Resolved> {
  const fields = referring(entity)
  if (fields.length === 0)
    return { ready: new Map(records.map((record) => [record, record])), waiting: new Map(), theirName: (name) => name }
  const ids: Ids = new Map()
  for (const record of records) {
    if (record.key?.within !== undefined) note(ids, withinKind(entity, record), record.key.within)
    for (const [name, [value]] of Object.entries(record.fields)) noteReferred(ids, entity, name, value)
  }
  const ours = new Map<string, Referred>()
  for (const [kind, of] of ids) {
    const links = await tx.links.findByPeer(kind, [...of])
    // Not the link's standing: somebody may have deleted the row a moment ago.
    const there = await tx.documents.present(kind, links.map(({ localId }) => localId).sort())
    for (const { localId, peerId, state } of links) {
      const present = there.has(localId)
      ours.set(`${kind} ${peerId ?? ""}`, { localId, present, ended: state === "unlinked" && !present })
    }
  }
  const of = (kind: string, id: string): Referred | undefined => {
    const localId = foreseen.get(foreseenName(kind, id))
    return ours.get(`${kind} ${id}`) ?? (localId === undefined ? undefined : { localId, present: true, ended: false })
  }
  const names = new Map<string, string>()
  const ready = new Map<WireRecord, WireRecord>()
  const waiting = new Map<WireRecord, string>()
  for (const record of records) {
    const resolved = resolve(entity, record, of, names)
    if (typeof resolved === "string") waiting.set(record, resolved)
    else ready.set(resolved, record)
  }
  return { ready, waiting, theirName: (name) => names.get(name) ?? name }
}

const withinKind = (entity: EntityDefinition, { key }: WireRecord): string | undefined => {
  const definition = entity.matchKeys.find(({ field, within }) => field === key?.field && within !== null)
  return definition?.within ? entity.fields.get(definition.within)?.to : undefined
}

/** @returns the name of the field when the record refers to one that is not here. */
function resolve(
  entity: EntityDefinition,
  record: WireRecord,
  ours: (kind: string, theirId: string) => Referred | undefined,
  names: Map<string, string>,
): WireRecord | string {
  const fields: WireRecord["fields"] = {}
  for (const [name, told] of Object.entries(record.fields)) {
    const [value, ...revs] = told
    const field = fieldOf(entity, name)
    if (field?.to === undefined || (field.type === "reference" && value === null)) {
      fields[name] = told
      continue
    }
    const referred = ours(field.to, field.type === "references" ? memberOf(name) : String(value))
    // Also a member that left: its pair may not be known here yet.
    if (!referred || (value !== null && !referred.present && !referred.ended)) return name
    if (referred.ended) {
      if (field.type === "reference") fields[name] = [null, ...revs]
    } else if (field.type === "references") {
      const ownName = memberName(setOf(name), referred.localId)
      names.set(ownName, name)
      fields[ownName] = told
    } else fields[name] = [referred.localId, ...revs]
  }
  const { key } = record
  if (key?.within === undefined) return { ...record, fields }
  const within = ours(withinKind(entity, record) ?? "", key.within)
  if (within) return { ...record, fields, key: { ...key, within: within.localId } }
  // The end of a part whose parent is not known here: there is nothing to find.
  return record.alive ? (entity.parent ?? key.field) : { ...record, fields, key: null }
}

/** Of each record, those that it refers to and that are not linked with the peer. */
export async function unlinkedIn(
  tx: HostTransaction,
  entity: EntityDefinition,
  records: readonly WireRecord[],
): Promise<Map<WireRecord, { entity: string; id: string }[]>> {
  const found = new Map<WireRecord, { entity: string; id: string }[]>()
  const all: Ids = new Map()
  for (const record of records) {
    const ids: Ids = new Map()
    for (const [name, [value]] of Object.entries(record.fields))
      if (value !== null) noteReferred(ids, entity, name, value)
    found.set(
      record,
      [...ids].flatMap(([kind, of]) => [...of].map((id) => ({ entity: kind, id }))),
    )
    for (const [kind, of] of ids) for (const id of of) note(all, kind, id)
  }
  const linked = new Set<string>()
  for (const [kind, of] of all)
    for (const { localId, peerId } of await tx.links.find(kind, [...of]))
      if (peerId !== null) linked.add(`${kind} ${localId}`)
  for (const [record, of] of found) {
    const unlinked = of.filter(({ entity: kind, id }) => !linked.has(`${kind} ${id}`))
    if (unlinked.length > 0) found.set(record, unlinked)
    else found.delete(record)
  }
  return found
}
