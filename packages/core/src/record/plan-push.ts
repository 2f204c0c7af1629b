import { isMember, memberOf, setOf } from "../document/names.ts"
import { NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { CanonicalValue, Document } from "../document/value.ts"
import { isAlive, isAnnounced, needsPush, underRev, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { HostRow } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { isApart } from "./apart.ts"
import { meant, withoutLost } from "./lost.ts"
import { keyFromText, keyText, matchKeyOf } from "./match-key.ts"
import { releaseOf } from "./release.ts"
import { hasRefused, refusedAmong, refusedFields } from "./taken.ts"

export type PushPlan =
  | { kind: "send"; record: WireRecord; link: Link }
  | { kind: "nothing" }
  /** All that is left to tell refers to records which the peer does not have. */
  | { kind: "wait"; link: Link }
  /** It came and went before the peer was told: nobody needs the link. */
  | { kind: "forget" }

/**
 * What the peer knows of a record that another one refers to. `blocked`: it may have none, and gets none before somebody
 * acts. `waits`: its namesake there may wait for what refers to it. `ended`: it had one, which
 * cannot be referred to any more. `untold`: it never had any.
 */
export type Known = (kind: string, localId: string) => "known" | "blocked" | "unproven" | "waits" | "ended" | "untold"

/** So often `need_parent` is an answer of what is on its way. Then the peer has not kept what has gone from here. */
const PATIENCE = 3

/** What the peer must be told about a record that was just captured: always its state now, never a queued payload. */
export function planPush(
  entity: EntityDefinition,
  captured: Link,
  row: HostRow,
  known: Known = () => "known",
): PushPlan {
  const refused = hasRefused(captured) ? refusedFields(entity, captured.reason) : []
  const isRefused =
    captured.heldBack && captured.attempts >= PATIENCE && captured.reason?.startsWith("need_parent") === true
  const link = isRefused ? withoutLost(captured, missingThere(captured.reason)) : captured
  if (link.peerId === null && !isAnnounced(link) && !isAlive(link))
    // One that the peer has known keeps its count: no rev is given out twice.
    return row.present || link.lastSyncedAt !== null ? { kind: "nothing" } : { kind: "forget" }
  const full = link.peerId === null
  // One that is stopped because of a value goes on telling all else.
  const isStopped = link.state === "quarantined" && refused.length > 0 && !full && link.aliveRev <= link.acked
  if ((link.state !== "active" && !isStopped) || !needsPush(link)) return { kind: "nothing" }
  const document = row.fields ?? link.snapshot ?? {}
  const alive = isAlive(link)
  const fields: WireRecord["fields"] = {}
  const held: string[] = []
  if (alive) {
    for (const [name, state] of Object.entries(link.fields)) {
      const { fp, r } = state
      if ((r <= link.acked && !(full && fp !== NULL_FINGERPRINT)) || isApart(entity, link, name)) continue
      const value = meant(name, state, document[name] ?? null)
      const there = referredFrom(entity, name, value, known)
      const referred = state.went === undefined || there === "unproven" ? there : "known"
      const inCircle = referred === "waits" && link.heldBack && name !== entity.parent
      if (referred === "blocked" || referred === "unproven" || inCircle || (referred === "ended" && value !== null))
        held.push(name)
      // A member that came and went before the peer heard of it.
      else if (referred !== "untold" || value !== null) fields[name] = told(value, state)
    }
    // What the peer has refused is told by itself, behind all else.
    const isWhole = full || link.aliveRev > link.acked || refused.length === 0
    const apart = isWhole ? [] : refusedAmong(entity, captured.reason, Object.keys(fields))
    const isAll = apart.length === Object.keys(fields).length
    if (isAll && isStopped) return { kind: "nothing" }
    if (!isAll) {
      for (const name of apart) Reflect.deleteProperty(fields, name)
      held.push(...apart)
    }
    const orphan = full && entity.parent !== null && (fields[entity.parent]?.[0] ?? null) === null
    if (orphan || (held.length > 0 && link.aliveRev <= link.acked && Object.keys(fields).length === 0))
      return { kind: "wait", link: heldBackFor(link, whyHeld(entity, link, document, held, known)) }
  }
  // Under one key until the peer answers: a record that is announced twice under two keys could be made twice (I4).
  const key = full ? (link.announced === null ? matchKeyOf(entity, document) : keyFromText(link.announced)) : null
  const rev = held.length > 0 ? highestRev(link.aliveRev, fields) : link.rev
  const after = alive ? holdBack(link, held, rev) : withheld(link)
  return {
    kind: "send",
    link: full ? { ...after, announced: keyText(key) } : after,
    record: {
      entity: link.entity,
      id: link.localId,
      peer: link.peerId,
      key,
      rev,
      seen: link.seen,
      full,
      hops: link.hops,
      alive,
      alive_rev: link.aliveRev,
      ...(alive ? releaseOf(entity, link, { fields }) : {}),
      fields,
    },
  }
}

/** Names the record in the way, for whoever wonders why this one waits. */
function whyHeld(
  entity: EntityDefinition,
  link: Link,
  document: Document,
  held: readonly string[],
  known: Known,
): string {
  const name = held.find((each) => fieldOf(entity, each)?.to !== undefined)
  if (name === undefined) return `need_parent: it has no ${entity.parent ?? "parent"}`
  const value = meant(name, link.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }, document[name] ?? null)
  const id = isMember(name) ? memberOf(name) : String(value)
  const why =
    referredFrom(entity, name, value, known) === "unproven"
      ? "the other side does not know under its new pair yet"
      : "is not there on the other side: it is archived, stopped or left alone"
  return `need_parent: ${setOf(name)} refers to ${id}, which ${why}`
}

const heldBackFor = (link: Link, reason: string): Link =>
  link.heldBack && link.reason === reason ? link : { ...link, heldBack: true, reason }

function told(value: CanonicalValue, { r, h, e }: FieldState): WireRecord["fields"][string] {
  if (e !== undefined) return [value, r, h ?? 0, e]
  return h === undefined ? [value, r] : [value, r, h]
}

function referredFrom(entity: EntityDefinition, name: string, value: CanonicalValue, known: Known): ReturnType<Known> {
  const field = fieldOf(entity, name)
  if (field?.to === undefined) return "known"
  if (field.type === "references") return known(field.to, memberOf(name))
  return typeof value === "string" ? known(field.to, value) : "known"
}

const highestRev = (aliveRev: number, fields: WireRecord["fields"]): number =>
  Math.max(aliveRev, ...Object.values(fields).map(([, r]) => r))

/** @param told - the rev that is sent without them. */
function holdBack(link: Link, held: string[], told: number): Link {
  if (held.length === 0) return link
  const covered = held.filter((name) => (link.fields[name]?.r ?? 0) <= told)
  return { ...retell(link, covered), heldBack: true }
}

/** A delete is told without the edits that were still waiting. */
const withheld = (link: Link): Link =>
  retell(
    link,
    Object.keys(link.fields).filter((name) => (link.fields[name]?.r ?? 0) > link.acked),
  )

/** Nothing is left to tell of what was to be tried again: somebody else's value won meanwhile, or the peer had it after all. */
export const withoutRetry = (link: Link): Link =>
  link.state === "active" && (link.reason !== null || link.attempts > 0) && !needsPush(link)
    ? { ...link, heldBack: link.heldBack && !hasRefused(link), reason: null, attempts: 0 }
    : link

/** These fields get a rev that the ack of what is sent now does not cover. */
export function retell(link: Link, names: string[]): Link {
  if (names.length === 0) return link
  const rev = link.rev + 1
  const fields = { ...link.fields }
  for (const name of names) fields[name] = underRev(fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }, rev)
  return { ...link, rev, fields }
}

/** Field, " refers to ", which one. */
const NOT_ARRIVED = /^need_parent: (.+?) refers to .* has not arrived on the other side$/s

/** The field of which the peer has said that it refers to what is not there; `null`: an older peer names none. */
export const missingThere = (reason: string | null): string | null => NOT_ARRIVED.exec(reason ?? "")?.[1] ?? null
