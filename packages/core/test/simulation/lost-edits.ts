import { memberOf } from "../../src/document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../../src/document/value.ts"
import type { Played } from "./played.ts"
import { UNIQUE } from "./ledger.ts"
import { SIDES } from "./shop.ts"
import { tables } from "./played.ts"

/** I2: final, in the inbox, or under a change whose author had seen it. */
export function findLostEdit(history: Played): string | null {
  const { norm, edits, deletions, covers } = history.ledger
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
  for (const deletion of [...deletions, ...covers]) {
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
    if (history.mix.moves > 0 && isOfGone(history, side, id, field)) continue
    if (history.mix.restore > 0 && isHeldByPair(history, pairOf(side, id), edit)) continue
    return `I2 the edit of ${side} ${id}.${field} to ${String(value)} is lost`
  }
  return null
}

/** I2: about an edit that lost unseen a person decides once, however many inboxes it lies in. */
export function findDoubledConflict(history: Played): string | null {
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

/** What an archive covers is of the record that is gone, also when another one has taken its place; the deleter's column may have moved. */
const isOfGone = ({ hosts, ledger }: Played, side: Side, id: string, field: string): boolean =>
  hosts[side].options.config.entities.get("thing")?.archive?.field === field &&
  ledger.isSucceeded(ledger.nameOf(side, id))
