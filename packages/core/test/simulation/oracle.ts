import { memberOf } from "../../src/document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../../src/document/value.ts"
import { isAlive, isAway, isTombstone, needsPush, type Link } from "../../src/link/link.ts"
import { fieldOf } from "../../src/mapping/entity.ts"
import type { Played } from "./played.ts"
import { UNIQUE } from "./ledger.ts"
import { POISON, SIDES } from "./shop.ts"

/** Reasons for which a record may be at rest without its peer: a person has to decide. */
const HONEST = /^(ambiguous_match|not_unique|rejected_by_host|need_parent)/

/** Looks for a broken invariant in a history that has come to rest. */
export function findFailure(history: Played): string | null {
  return (
    findDelayed(history) ??
    findUnpaired(history) ??
    findDivergence(history) ??
    findFreeKey(history) ??
    findLostEdit(history) ??
    findDoubledConflict(history) ??
    history.members.findEmptied() ??
    findForeignField(history)
  )
}

type Table = ReturnType<Played["hosts"][Side]["table"]>

function* tables(history: Played): Generator<{ side: Side; kind: string; table: Table; peers: Table }> {
  for (const side of SIDES)
    for (const kind of history.kinds)
      yield {
        side,
        kind,
        table: history.hosts[side].table(kind),
        peers: history.hosts[otherSide(side)].table(kind),
      }
}

/** I8: only what holds the refused value is stopped by it. */
function findDelayed(history: Played): string | null {
  for (const { side, table } of tables(history)) {
    const { links, rows, remains } = table
    for (const link of links.values()) {
      const { localId, reason, state, snapshot } = link
      // A part that rests is looked at again when its parent is back.
      if (state !== "quarantined" || !hasLivingParent(history, side, link)) continue
      const row = rows.get(localId) ?? remains.get(localId) ?? {}
      const poisoned = Object.values({ ...row, ...snapshot }).some(
        (value) => typeof value === "string" && value.startsWith(POISON),
      )
      if (reason?.startsWith("rejected_by_host") && !poisoned)
        return `I8 ${side} ${localId} is stopped by another record`
    }
  }
  return null
}

/** Is the record it is a part of settled and alive on both sides? Parts of others rest with it. */
function hasLivingParent(history: Played, side: Side, { parentId }: Link): boolean {
  if (parentId === null) return true
  const parent = history.hosts[side].table("thing").links.get(parentId)
  const back = history.hosts[otherSide(side)].table("thing").links.get(parent?.peerId ?? "")
  return parent !== undefined && settledPair(parent, back) && isAlive(parent) && isAlive(back)
}

/** I4: links are a bijection, and every row has one or says why not. */
function findUnpaired(history: Played): string | null {
  for (const { side, table, peers } of tables(history)) {
    const { links, rows } = table
    for (const link of links.values()) {
      if (link.reason && !HONEST.test(link.reason)) return `I4 ${side} ${link.localId}: ${link.reason}`
      const rests = !hasLivingParent(history, side, link)
      if (link.state === "active" && isAlive(link) && needsPush(link) && !rests && link.reason === null)
        return `A7 ${side} ${link.localId} waits, and nothing says for what`
      if (link.peerId === null) {
        if (isAlive(link) && !rests && !HONEST.test(link.reason ?? "")) return `I4 ${side} ${link.localId} has no peer`
        continue
      }
      const back = peers.links.get(link.peerId)
      // Stopped for an honest reason before it heard of its pairing: a retry, or the peer's next change, tells it.
      if (back?.peerId === null && back.state === "quarantined" && HONEST.test(back.reason ?? "")) continue
      // Parts that rest have not heard of their pairing either.
      if (back?.peerId === null && rests) continue
      // What has gone for good may name the pair that another one was given in its place.
      const isOver = isTombstone(link.localId) && back && (back.peerId === null || isAway(back))
      if (back && back.peerId !== link.localId && !isOver) {
        return `I4 ${side} ${link.localId} is linked with ${link.peerId}, which is linked with ${String(back.peerId)}`
      }
      if (!back && isAlive(link) && !rests)
        return `I4 ${side} ${link.localId} is linked with ${link.peerId}, which has no link`
    }
    for (const [id, row] of rows) {
      const above = row["thing"]
      const parent = typeof above === "string" ? history.hosts[side].table("thing").links.get(above) : null
      // A part of what is not alive is not told of.
      if (!links.has(id) && (parent === null || (parent && isAlive(parent)))) return `I4 ${side} ${id} has no link`
    }
  }
  return null
}

/** A value that only one may have is refused no longer than another one has it, which does not want another one itself. */
function findFreeKey(history: Played): string | null {
  for (const { side, kind, table, peers } of tables(history)) {
    const { unique } = history.hosts[otherSide(side)].options
    if (unique === undefined) continue
    const stopped = [...table.links.values()].filter(
      (link) =>
        link.reason?.startsWith("not_unique") && link.aliveRev <= link.acked && hasLivingParent(history, side, link),
    )
    const holderOf = ({ localId, peerId }: Link): string | undefined => {
      const wanted = table.rows.get(localId)?.[unique]
      return [...peers.rows].find(([id, row]) => id !== peerId && row[unique] === wanted)?.[0]
    }
    const blocking = new Map(stopped.map((link) => [link.localId, holderOf(link)]))
    for (const link of stopped) {
      const holder = blocking.get(link.localId)
      if (holder === undefined) return `A3 ${side} ${kind} ${link.localId} is stopped, and nobody has its ${unique}`
      // Round in a circle of records that each want what the next one has.
      const seen = new Set<string>([link.localId])
      for (let at = peers.links.get(holder)?.peerId; at != null && blocking.has(at);) {
        if (seen.has(at)) return `A3 ${side} ${kind} ${[...seen].join(", ")} wait for each other`
        seen.add(at)
        at = peers.links.get(blocking.get(at) ?? "")?.peerId
      }
    }
  }
  return null
}

/** Stopped because of a value that another record has: all else of it is told. */
const isWaiting = ({ state, peerId, reason, aliveRev, acked }: Link): boolean =>
  state === "quarantined" && peerId !== null && aliveRev <= acked && (reason?.startsWith("not_unique") ?? false)

const settledPair = (link: Link, back: Link | undefined): back is Link =>
  back !== undefined && link.state === "active" && back.state === "active"

/** I1 */
function findDivergence(history: Played): string | null {
  for (const { side, kind, table, peers } of tables(history)) {
    if (side !== "medusa") continue
    for (const link of table.links.values()) {
      const back = link.peerId === null ? undefined : peers.links.get(link.peerId)
      if (!back || ![link, back].every((each) => each.state === "active" || isWaiting(each))) continue
      if (!hasLivingParent(history, side, link) || !hasLivingParent(history, otherSide(side), back)) continue
      const refused = [link, back].some(isWaiting) ? UNIQUE_FIELD : null
      if (isAlive(link) !== isAlive(back))
        return `I1 ${link.localId} is ${link.standing}, its peer ${back.localId} is ${back.standing}`
      if (!isAlive(link)) continue
      const here = shown(history, "medusa", kind, link.localId)
      const there = shown(history, "directus", kind, back.localId)
      for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
        const [a, b] = [here[name] ?? null, there[name] ?? null]
        // Who refers to what is not there on both sides waits with that until it is.
        if (name !== refused && !isLoop(history, link.localId, name) && a !== b && a !== NOWHERE && b !== NOWHERE)
          return `I1 ${link.localId}.${name} is ${String(a)}, ${back.localId} has ${String(b)}`
      }
    }
  }
  return null
}

/** Edits that followed each other within seconds were taken for automations that answer each other: a person has to look. */
const isLoop = ({ hosts }: Played, medusaId: string, name: string): boolean =>
  [...hosts.medusa.conflicts.values(), ...hosts.directus.conflicts.values()].some(
    ({ kind, field, localId, peerId }) =>
      kind === "loop" && field === name && (localId === medusaId || peerId === medusaId),
  )

const UNIQUE_FIELD = "slug"
const NOWHERE = "nowhere"

/** A record as both hosts would write it: without their noise, and with Medusa's ids in the place of their own. */
function shown(history: Played, side: Side, kind: string, id: string): Document {
  const entity = history.hosts[side].options.config.entities.get(kind)
  const document: Document = {}
  for (const [name, value] of Object.entries(history.hosts[side].table(kind).rows.get(id) ?? {})) {
    const field = entity && fieldOf(entity, name)
    if (!field || name === "archived") continue
    if (field.to === undefined || value === null) {
      if (field.type !== "references") document[name] = history.ledger.norm(value)
      continue
    }
    const referred = field.type === "references" ? memberOf(name) : String(value)
    const link = history.hosts[side].table(field.to).links.get(referred)
    const back = history.hosts[otherSide(side)].table(field.to).links.get(link?.peerId ?? "")
    const isThere = link && settledPair(link, back) && isAlive(link) && isAlive(back)
    const medusaId = side === "medusa" ? link?.localId : link?.peerId
    if (field.type === "references") document[`${field.name}#${medusaId ?? referred}`] = isThere ? true : NOWHERE
    else document[name] = isThere && medusaId != null ? medusaId : NOWHERE
  }
  return document
}

/** I2: final, in the inbox, or under a change whose author had seen it. */
function findLostEdit(history: Played): string | null {
  const { norm, edits, deletions } = history.ledger
  const say = (side: Side, field: string, value: CanonicalValue): string => shared(history, side, field, norm(value))
  const pairOf = (side: Side, id: string): string => history.ledger.nameOf(side, id)
  const inbox = new Set<string>()
  for (const side of SIDES) {
    for (const { localId, peerId, field, losingValue } of history.hosts[side].conflicts.values()) {
      const lost = say(side, field, losingValue)
      inbox.add(`${pairOf(side, localId)}|${lost}`)
      inbox.add(`${pairOf(otherSide(side), peerId)}|${lost}`)
    }
  }
  const lastSeen = new Map<string, number>()
  for (const { side, id, field, before, seq } of edits) {
    const key = `${pairOf(side, id)}|${say(side, field, before)}`
    if ((lastSeen.get(key) ?? 0) < seq) lastSeen.set(key, seq)
  }
  const deleted = new Map<string, { seq: number; side: Side; row: Document }[]>()
  for (const deletion of deletions) {
    const name = pairOf(deletion.side, deletion.id)
    deleted.set(name, [...(deleted.get(name) ?? []), deletion])
  }
  for (const { seq, side, id, field, value, excused } of edits) {
    if (excused) continue
    const table = history.kinds
      .map((kind) => history.hosts[side].table(kind))
      .find(({ rows, remains }) => rows.has(id) || remains.has(id))
    const final = table?.rows.get(id) ?? table?.remains.get(id)
    if (final && norm(final[field]) === value) continue
    const snapshot = table?.links.get(id)?.snapshot
    if (snapshot && norm(snapshot[field]) === value) continue
    const edit = say(side, field, value)
    if (inbox.has(`${pairOf(side, id)}|${edit}`)) continue
    // Words repeat: going there and back between two looks is no change, so somebody who saw the word at any time will do.
    if ((lastSeen.get(`${pairOf(side, id)}|${edit}`) ?? 0) > (UNIQUE.has(field) ? seq : 0)) continue
    const buried = deleted.get(pairOf(side, id))
    if (
      buried?.some((deletion) => deletion.seq > seq && say(deletion.side, field, deletion.row[field] ?? null) === edit)
    )
      continue
    if (refersToGone(history, side, field, value)) continue
    if (history.mix.restore > 0 && isHeldByPair(history, pairOf(side, id), edit)) continue
    return `I2 the edit of ${side} ${id}.${field} to ${String(value)} is lost`
  }
  return null
}

/** I2: about an edit that lost unseen a person decides once, however many inboxes it lies in. */
function findDoubledConflict(history: Played): string | null {
  // Revs are counted anew in a database that was set back.
  if (history.mix.restore > 0) return null
  const { ledger } = history
  const seen = new Set(
    ledger.edits.map(({ side, id, field, before }) => `${ledger.nameOf(side, id)}|${field}|${String(before)}`),
  )
  // Whoever brings a row back brings its values back with it, and they may lose once more.
  for (const { side, id, row } of ledger.deletions)
    for (const field in row) seen.add(`${ledger.nameOf(side, id)}|${field}|${String(ledger.norm(row[field] ?? null))}`)
  const idOf = new Map<string, string>()
  for (const side of SIDES) {
    for (const { id, localId, field, losingSide, losingValue } of history.hosts[side].conflicts.values()) {
      if (!UNIQUE.has(field) || ledger.isSucceeded(ledger.nameOf(side, localId))) continue
      const lost = `${history.ledger.nameOf(side, localId)}|${field}|${String(history.ledger.norm(losingValue))}`
      if (seen.has(lost)) continue
      // A host that rewrites what it stores makes another value of it each time.
      const stored = `${lost}|${String(losingValue)}`
      const known = idOf.get(stored) ?? id
      if (known !== id) return `I2 the edit ${lost} of ${losingSide} is in the inbox twice`
      idOf.set(stored, id)
    }
  }
  return null
}

/** After a restore a record may live on under another id: made anew from its peer. */
function isHeldByPair(history: Played, name: string, edit: string): boolean {
  for (const { side, table } of tables(history)) {
    const { rows, remains, links } = table
    const snapshots = [...links.values()].map(({ localId, snapshot }): [string, Document] => [localId, snapshot ?? {}])
    for (const [id, document] of [...rows, ...remains, ...snapshots]) {
      if (history.ledger.nameOf(side, id) !== name) continue
      for (const field in document)
        if (shared(history, side, field, history.ledger.norm(document[field])) === edit) return true
    }
  }
  return false
}

/** A field and its value in words that both sides share: references by the names of pairs. */
export function shared(history: Played, side: Side, field: string, value: CanonicalValue): string {
  const name = (id: string): string => history.ledger.nameOf(side, id)
  if (field.startsWith("groups#")) return `groups#${name(memberOf(field))}|${String(value)}`
  const isReference = field === "group" || field === "above" || field === "thing"
  return `${field}|${isReference && typeof value === "string" ? name(value) : String(value)}`
}

/** With a record go the references to it, and one that was typed between two looks is not known to come back with it. */
function refersToGone(history: Played, side: Side, field: string, value: CanonicalValue): boolean {
  const id = field.startsWith("groups#") ? memberOf(field) : field === "group" || field === "above" ? value : null
  if (typeof id !== "string") return false
  const target = history.ledger.nameOf(side, id)
  return history.ledger.deletions.some((deletion) => history.ledger.nameOf(deletion.side, deletion.id) === target)
}

/** I9 */
function findForeignField(history: Played): string | null {
  for (const { side, table } of tables(history)) {
    for (const [id, row] of table.rows) if ("hostile" in row) return `I9 ${side} ${id} took a field that is not mapped`
  }
  return null
}

/** Is a group below itself? */
export function hasCircle({ hosts, kinds }: Played, side: Side): boolean {
  const rows = kinds.includes("group") ? hosts[side].table("group").rows : new Map<string, Document>()
  return [...rows.keys()].some((id) => {
    const above = new Set<string>()
    let at: unknown = rows.get(id)?.["above"]
    for (; typeof at === "string" && at !== id && !above.has(at); at = rows.get(at)?.["above"]) above.add(at)
    return at === id
  })
}
