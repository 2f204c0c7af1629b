import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isMember, memberOf } from "../document/names.ts"
import type { CanonicalValue, Document } from "../document/value.ts"
import { isAnnounced, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { SyncConfig } from "../mapping/config.ts"
import { NO_ROW, type HostRow, type HostTransaction } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { indexBy } from "../group-by.ts"

/** A row, and what became of references that its link remembers and the row does not hold. */
export interface SeenRow extends HostRow {
  /** Field → the record that it named, which has gone from this host. */
  lost?: ReadonlyMap<string, string>
  /** Fields whose record had gone and is back, and which are still empty: in the last values of a row that is gone. */
  returned?: readonly string[]
}

/**
 * What the field means for the peer: also while the record that it names has gone from this host, which empties the row, and
 * while the shop's row waits for a release.
 */
export function meant(name: string, { went, unreleased }: FieldState, value: CanonicalValue): CanonicalValue {
  if (unreleased !== undefined) return unreleased
  return went === undefined ? value : isMember(name) ? true : went
}

/** The row says by itself what is meant. */
export function shownAs({ went: _, unreleased: __, ...state }: FieldState, fp: string): FieldState {
  return { ...state, fp }
}

export const lostState = (state: FieldState, went: string): FieldState => ({ ...state, fp: NULL_FINGERPRINT, went })

interface Emptied {
  localId: string
  name: string
  kind: string
  state: FieldState
}

/**
 * Looks for what emptied references named. With a record the host empties the references to it, which is no edit: the peer
 * may keep what was deleted here, and its members with it.
 *
 * @param rows - read after the links.
 */
export async function seeLost(
  tx: HostTransaction,
  entity: EntityDefinition,
  links: ReadonlyMap<string, Link>,
  rows: Map<string, HostRow>,
): Promise<Map<string, SeenRow>> {
  const emptied = [...rows].flatMap(([localId, row]) => emptiedIn(entity, links.get(localId), row))
  if (emptied.length === 0) return rows
  const seen = new Map<string, SeenRow>(rows)
  for (const kind of new Set(emptied.map((field) => field.kind))) {
    const fields = emptied.filter((field) => field.kind === kind)
    const named = await namedBy(tx, kind, fields)
    const ids = [...new Set(named.values())].sort()
    const there = await tx.documents.present(kind, ids)
    const known = indexBy(await tx.links.find(kind, ids), ({ localId }) => localId)
    for (const field of fields) {
      const id = named.get(field)
      const row = seen.get(field.localId)
      const link = id === undefined ? undefined : known.get(id)
      if (id === undefined || !row || !link) continue
      if (there.has(id)) {
        if (field.state.went === id)
          seen.set(field.localId, { ...row, returned: [...(row.returned ?? []), field.name] })
      } else if (link.peerId !== null || isAnnounced(link) || link.lastSyncedAt !== null)
        seen.set(field.localId, { ...row, lost: new Map([...(row.lost ?? []), [field.name, id]]) })
    }
  }
  return seen
}

/** What the row holds; when it is gone, what the link remembers counts. */
const shownIn = ({ snapshot }: Link, { present, fields }: HostRow): Document | null =>
  present ? fields : (snapshot ?? fields)

/** References that are empty where the link knows a record; of a row that is gone, in its last values. */
function emptiedIn(entity: EntityDefinition, link: Link | undefined, row: HostRow): Emptied[] {
  const fields = link && shownIn(link, row)
  if (!fields) return []
  return Object.entries(link.fields).flatMap(([name, state]) => {
    if (state.went === undefined && state.fp === NULL_FINGERPRINT) return []
    const kind = fieldOf(entity, name)?.to
    return kind === undefined || (fields[name] ?? null) !== null ? [] : [{ localId: link.localId, name, kind, state }]
  })
}

/** A link keeps the fingerprint of a single reference: the record is found among all that were ever linked. */
async function namedBy(tx: HostTransaction, kind: string, fields: Emptied[]): Promise<Map<Emptied, string>> {
  const named = new Map<Emptied, string>()
  const wanted = new Map<string, Emptied[]>()
  for (const field of fields) {
    const id = field.state.went ?? (isMember(field.name) ? memberOf(field.name) : undefined)
    if (id !== undefined) named.set(field, id)
    else wanted.set(field.state.fp, [...(wanted.get(field.state.fp) ?? []), field])
  }
  for (let after: string | null = null; wanted.size > 0;) {
    const ids: string[] = await tx.links.page(kind, after, SIZES.walk)
    for (const id of ids) {
      const fp = fingerprint(id)
      for (const field of wanted.get(fp) ?? []) named.set(field, id)
      wanted.delete(fp)
    }
    if (ids.length < SIZES.walk) break
    after = ids.at(-1) ?? null
  }
  return named
}

/**
 * These records were just made again, and whatever a row lost with one of them may not have been looked at yet: it is noted
 * now, since nobody could tell any more that it was no edit. Marks whoever may hold a reference again.
 */
export async function noteLost(config: SyncConfig, tx: HostTransaction, kind: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const named = new Map(ids.map((id) => [fingerprint(id), id]))
  for (const entity of config.entities.values()) {
    if (![...entity.fields.values()].some(({ to }) => to === kind)) continue
    const holders = (await tx.links.findReferring(entity.name, ids)).sort()
    const rows = await tx.documents.read(entity.name, holders)
    const save: Link[] = []
    const marked: string[] = []
    for (const link of await tx.links.lock(entity.name, holders)) {
      const lost = new Map<string, string>()
      for (const { name, state } of emptiedIn(entity, link, rows.get(link.localId) ?? NO_ROW)) {
        const id = state.went ?? (isMember(name) ? memberOf(name) : named.get(state.fp))
        if (id !== undefined && ids.includes(id) && fieldOf(entity, name)?.to === kind) lost.set(name, id)
      }
      if (lost.size === 0) continue
      const noted = withLost(link, { present: true, fields: null, lost })
      if (noted !== link) save.push(noted)
      marked.push(link.localId)
    }
    await tx.links.save(entity.name, save)
    await tx.marks.add(entity.name, marked)
  }
}

/** The link with what its row has lost, and with what came back by itself: neither is a change. */
export function withLost(link: Link, { lost, ...row }: SeenRow): Link {
  const document = shownIn(link, row)
  let fields: Link["fields"] | null = null
  for (const name in link.fields) {
    const state = link.fields[name]
    if (!state) continue
    const id = lost?.get(name)
    const value = document?.[name] ?? null
    if (id !== undefined && state.went !== id) (fields ??= { ...link.fields })[name] = lostState(state, id)
    else if (state.went !== undefined && value !== null && value === meant(name, state, null))
      (fields ??= { ...link.fields })[name] = shownAs(state, fingerprint(value))
  }
  return fields ? { ...link, fields } : link
}

/**
 * The peer does not have it either: what is left to tell is that the field is empty, which is a change of its own.
 *
 * @param only - the field that the peer has named; `null` = an older peer names none, so that it may be any.
 */
export function withoutLost(link: Link, only: string | null): Link {
  const untold = Object.entries(link.fields).filter(
    ([name, { went, r }]) => went !== undefined && r > link.acked && (only ?? name) === name,
  )
  if (untold.length === 0) return link
  const rev = link.rev + 1
  // A copy that still names it may be under way. Of a record without a peer it stands against no edit of what will be its peer.
  const isNobodys = (e: number | undefined): boolean => link.peerId === null || e === 0
  const empty = untold.map(([name, { e }]): [string, FieldState] => [
    name,
    { fp: NULL_FINGERPRINT, r: rev, ...(isNobodys(e) ? { e: 0 } : {}) },
  ])
  return { ...link, rev, fields: { ...link.fields, ...Object.fromEntries(empty) } }
}
