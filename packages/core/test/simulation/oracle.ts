import { collapseSet } from "../../src/document/set-members.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../../src/document/value.ts"
import { isAlive, isTombstone, type Link } from "../../src/link/link.ts"
import { ENTITY, POISON, type History } from "./history.ts"

const SIDES = ["medusa", "directus"] as const

/** Reasons for which a record may be at rest without its peer: a person has to decide. */
const HONEST = /^(ambiguous_match|not_unique|rejected_by_host)/

/** Looks for a broken invariant in a history that has come to rest. */
export function findFailure(history: History): string | null {
  return (
    findDelayed(history) ??
    findUnpaired(history) ??
    findDivergence(history) ??
    findLostEdit(history) ??
    findForeignField(history)
  )
}

const table = (history: History, side: Side) => history.hosts[side].table(ENTITY)

/** I8: only what holds the refused value is stopped by it. */
function findDelayed(history: History): string | null {
  for (const side of SIDES) {
    const { links, rows, remains } = table(history, side)
    for (const { localId, reason, state } of links.values()) {
      if (state !== "quarantined") continue
      const row = rows.get(localId) ?? remains.get(localId) ?? {}
      const poisoned = Object.values(row).some((value) => typeof value === "string" && value.startsWith(POISON))
      if (reason?.startsWith("rejected_by_host") && !poisoned)
        return `I8 ${side} ${localId} is stopped by another record`
    }
  }
  return null
}

/** I4: links are a bijection, and every row has one or says why not. */
function findUnpaired(history: History): string | null {
  for (const side of SIDES) {
    const { links, rows } = table(history, side)
    const peers = table(history, otherSide(side)).links
    for (const link of links.values()) {
      if (link.reason && !HONEST.test(link.reason)) return `I4 ${side} ${link.localId}: ${link.reason}`
      if (link.peerId === null) {
        if (isAlive(link) && !HONEST.test(link.reason ?? "")) return `I4 ${side} ${link.localId} has no peer`
        continue
      }
      const back = peers.get(link.peerId)
      // Stopped for an honest reason before it heard of its pairing: a retry, or the peer's next change, tells it.
      if (back?.peerId === null && back.state === "quarantined" && HONEST.test(back.reason ?? "")) continue
      if (back && back.peerId !== link.localId && !(isTombstone(link.localId) && back.peerId === null)) {
        return `I4 ${side} ${link.localId} is linked with ${link.peerId}, which is linked with ${String(back.peerId)}`
      }
      if (!back && isAlive(link)) return `I4 ${side} ${link.localId} is linked with ${link.peerId}, which has no link`
    }
    for (const id of rows.keys()) if (!links.has(id)) return `I4 ${side} ${id} has no link`
  }
  return null
}

const settledPair = (link: Link, back: Link | undefined): back is Link =>
  back !== undefined && link.state === "active" && back.state === "active"

/** I1 */
function findDivergence(history: History): string | null {
  const medusa = table(history, "medusa")
  const directus = table(history, "directus")
  for (const link of medusa.links.values()) {
    const back = link.peerId === null ? undefined : directus.links.get(link.peerId)
    if (!settledPair(link, back)) continue
    if (isAlive(link) !== isAlive(back))
      return `I1 ${link.localId} is ${link.standing}, its peer ${back.localId} is ${back.standing}`
    if (!isAlive(link)) continue
    const here = medusa.rows.get(link.localId) ?? {}
    const there = directus.rows.get(back.localId) ?? {}
    for (const name of ["title", "note", "status", "sku", "slug"]) {
      if (history.ledger.norm(here[name]) !== history.ledger.norm(there[name])) {
        return `I1 ${link.localId}.${name} is ${String(here[name])}, ${back.localId} has ${String(there[name])}`
      }
    }
    if (collapseSet("tags", here).join() !== collapseSet("tags", there).join()) return `I1 ${link.localId}.tags differ`
  }
  return null
}

/** Fields whose every value is written once only. */
const UNIQUE = new Set(["title", "note", "sku"])

/** I2: final, in the inbox, or under a change whose author had seen it. */
function findLostEdit(history: History): string | null {
  const { norm, edits, deletions } = history.ledger
  const inbox = new Set<string>()
  for (const side of SIDES) {
    for (const { localId, peerId, field, losingValue } of history.hosts[side].conflicts.values()) {
      inbox.add(`${side}:${localId}|${field}|${String(norm(losingValue))}`)
      inbox.add(`${otherSide(side)}:${peerId}|${field}|${String(norm(losingValue))}`)
    }
  }
  const pairOf = (side: Side, id: string): string => history.ledger.nameOf(side, id)
  const lastSeen = new Map<string, number>()
  const sawIt = (key: string, seq: number): void => {
    if ((lastSeen.get(key) ?? 0) < seq) lastSeen.set(key, seq)
  }
  const keyOf = (side: Side, id: string, field: string, value: CanonicalValue): string =>
    `${pairOf(side, id)}|${field}|${String(value)}`
  for (const edit of edits) sawIt(keyOf(edit.side, edit.id, edit.field, edit.before), edit.seq)
  const deleted = new Map<string, { seq: number; row: Document }[]>()
  for (const deletion of deletions) {
    const name = pairOf(deletion.side, deletion.id)
    deleted.set(name, [...(deleted.get(name) ?? []), deletion])
  }
  for (const { seq, side, id, field, value } of edits) {
    const { rows, links, remains } = table(history, side)
    const link = links.get(id)
    const final = rows.get(id) ?? remains.get(id)
    if (final && norm(final[field]) === value) continue
    if (link?.snapshot && norm(link.snapshot[field]) === value) continue
    if (inbox.has(`${side}:${id}|${field}|${String(value)}`)) continue
    // Words repeat: going there and back between two looks is no change, so somebody who saw the word at any time will do.
    if ((lastSeen.get(keyOf(side, id, field, value)) ?? 0) > (UNIQUE.has(field) ? seq : 0)) continue
    if (deleted.get(pairOf(side, id))?.some((deletion) => deletion.seq > seq && norm(deletion.row[field]) === value))
      continue
    return `I2 the edit of ${side} ${id}.${field} to ${String(value)} is lost`
  }
  return null
}

/** I9 */
function findForeignField(history: History): string | null {
  for (const side of SIDES) {
    for (const [id, row] of table(history, side).rows)
      if ("hostile" in row) return `I9 ${side} ${id} took a field that is not mapped`
  }
  return null
}
