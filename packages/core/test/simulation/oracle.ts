import { memberOf } from "../../src/document/names.ts"
import { NULL_FINGERPRINT } from "../../src/document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../../src/document/value.ts"
import { isAlive, isAway, isTombstone, needsPush, type Link } from "../../src/link/link.ts"
import { fieldOf } from "../../src/mapping/entity.ts"
import { findStoppedPerson } from "./automations.ts"
import { tables, type Played } from "./played.ts"
import { POISON, SIDES } from "./shop.ts"
import { findLostEdit, findDoubledConflict } from "./lost-edits.ts"

/** Reasons for which a record may be at rest without its peer: a person has to decide. */
const HONEST = /^(ambiguous_match|not_unique|rejected_by_host|need_parent)/

/** Looks for a broken invariant in a history that has come to rest. */
export function findFailure(history: Played): string | null {
  return (
    findLockFault(history) ??
    findDelayed(history) ??
    findUnpaired(history) ??
    findDivergence(history) ??
    findFreeKey(history) ??
    findLostEdit(history) ??
    findDoubledConflict(history) ??
    history.members.findEmptied() ??
    findForeignField(history) ??
    findStoppedPerson(history) ??
    findStoppedExchange(history)
  )
}

/** I8: on a real database another order is a deadlock with whoever keeps it. */
function findLockFault({ hosts }: Played): string | null {
  for (const side of SIDES) {
    const [fault] = hosts[side].lockFaults
    if (fault !== undefined) return `I8 ${side}: ${fault}`
  }
  return null
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
      // Of which the host names the field: all else of it has arrived.
      const isNamed = reason?.startsWith("rejected_by_host: ") && !reason.startsWith("rejected_by_host: The ")
      if (!isNamed || link.peerId === null || link.aliveRev > link.acked) continue
      const kept = Object.entries(link.fields).find(([name, { r }]) => {
        const value = row[name]
        return r > link.acked && typeof value === "string" && !value.startsWith(POISON) && /^e\d/.test(value)
      })
      if (kept) return `I8 ${side} ${localId} keeps ${kept[0]}, which nobody refuses`
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

/** Or it waits; for a reason that a person can do something about. */
const isStopped = ({ state, heldBack, reason }: Link): boolean =>
  (state === "quarantined" || heldBack) && HONEST.test(reason ?? "")

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
      if (back?.peerId === null && isStopped(back)) continue
      // Parts that rest have not heard of their pairing either.
      if (back?.peerId === null && rests) continue
      // What has gone for good may name the pair that another one was given in its place.
      // What comes back instead, and is stopped for an honest reason, has not heard of that one's end.
      const isOver = isTombstone(link.localId) && back && (back.peerId === null || isAway(back) || isStopped(back))
      if (back?.peerId === null && isStopped(link)) continue
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
    const own = history.hosts[side].options.unique
    for (const link of table.links.values()) {
      if (typeof own !== "string" || link.standing !== "along" || !link.reason?.startsWith("not_unique")) continue
      const wanted = link.snapshot?.[own]
      if (hasLivingParent(history, side, link) && ![...table.rows.values()].some((row) => row[own] === wanted))
        return `A3 ${side} ${kind} ${link.localId} is not made again, and nobody has its ${own}`
    }
    const { unique } = history.hosts[otherSide(side)].options
    if (typeof unique !== "string") continue
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

/** Stopped because of values that the peer refuses: all else of it is told. One that could not come back is stopped as a whole. */
const isWaiting = (link: Link): boolean =>
  link.state === "quarantined" &&
  link.standing !== "along" &&
  link.peerId !== null &&
  link.aliveRev <= link.acked &&
  namedIn(link).length > 0

/** The fields whose values the peer refuses, by what people read. */
const namedIn = ({ reason }: Link): string[] =>
  FIELDS.filter((name) => reason?.includes(` ${name} is taken by `) || reason?.includes(` ${name}: `))

const FIELDS = ["slug", "title", "note", "sku"]

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
      const refused = [link, back].filter(isWaiting).flatMap(namedIn)
      if (isAlive(link) !== isAlive(back))
        return `I1 ${link.localId} is ${link.standing}, its peer ${back.localId} is ${back.standing}`
      if (!isAlive(link)) continue
      const here = shown(history, "medusa", kind, link.localId)
      const there = shown(history, "directus", kind, back.localId)
      for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
        const [a, b] = [here[name] ?? null, there[name] ?? null]
        // Who refers to what is not there on both sides waits with that until it is.
        if (
          !refused.includes(name) &&
          !isLoop(history, link.localId, name) &&
          a !== b &&
          a !== NOWHERE &&
          b !== NOWHERE
        )
          return `I1 ${link.localId}.${name} is ${String(a)}, ${back.localId} has ${String(b)}`
      }
    }
  }
  return null
}

/** Edits that followed each other within seconds were taken for automations that answer each other: a person has to look. */
const isLoop = ({ hosts, mix }: Played, medusaId: string, name: string): boolean =>
  // There somebody has looked.
  mix.automations === 0 &&
  [...hosts.medusa.conflicts.values(), ...hosts.directus.conflicts.values()].some(
    ({ kind, field, localId, peerId }) =>
      kind === "loop" && field === name && (localId === medusaId || peerId === medusaId),
  )

const NOWHERE = "nowhere"

/** A record as both hosts would write it: without their noise, and with Medusa's ids in the place of their own. */
function shown(history: Played, side: Side, kind: string, id: string): Document {
  const entity = history.hosts[side].options.config.entities.get(kind)
  const document: Document = {}
  const { rows, links } = history.hosts[side].table(kind)
  for (const [name, stored] of Object.entries(rows.get(id) ?? {})) {
    // Until it is released the shop's row holds what nobody has said.
    const value = links.get(id)?.fields[name]?.unreleased ?? stored
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
    if (isUnseenJoin(history, side, links.get(id), name, value)) {
      document[field.type === "references" ? `${field.name}#${medusaId ?? referred}` : name] = NOWHERE
      continue
    }
    if (field.type === "references") document[`${field.name}#${medusaId ?? referred}`] = isThere ? true : NOWHERE
    else document[name] = isThere && medusaId != null ? medusaId : NOWHERE
  }
  return document
}

/**
 * Where no hook sees a join, one that shows its record again is looked at by the next sweep: what was told meanwhile was that it
 * is empty.
 */
function isUnseenJoin(
  history: Played,
  side: Side,
  link: Link | undefined,
  name: string,
  value: CanonicalValue,
): boolean {
  if (history.hosts[side].options.references !== undefined || !link) return false
  const { fp = NULL_FINGERPRINT, went } = link.fields[name] ?? {}
  return went === undefined && fp === NULL_FINGERPRINT && value !== null
}

/** Rules 34 to 36: slugs that only change places are taken, whatever the order. */
function findStoppedExchange(history: Played): string | null {
  if (history.mix.exchanges === 0 || !history.mix.sequential) return null
  for (const { side, table } of tables(history))
    for (const { localId, state, reason } of table.links.values())
      if (state === "quarantined" || reason?.startsWith("not_unique"))
        return `34 ${side} ${localId} waits: ${reason ?? ""}`
  return null
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

/** Rule 74: before any sweep, nothing waits for a record that is here and that nobody has told of. */
export function findUntold(history: Played): string | null {
  for (const { side, table } of tables(history))
    for (const { localId, reason, state, heldBack } of table.links.values()) {
      const id =
        state === "active" && heldBack ? /refers to (\S+), which has not arrived/.exec(reason ?? "")?.[1] : null
      for (const kind of id ? history.kinds : []) {
        const { rows, links, marks } = history.hosts[side].table(kind)
        const there = links.get(id ?? "")
        if (rows.has(id ?? "") && !marks.has(id ?? "") && (!there || (isAlive(there) && there.peerId === null)))
          return `A7 ${side} ${localId} waits for ${kind} ${id ?? ""}, and nobody tells of it`
      }
    }
  return null
}
