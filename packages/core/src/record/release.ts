import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { CanonicalValue, Document, Side } from "../document/value.ts"
import { isUnseen, isUnseenBy, outOfSight } from "./sight.ts"
import { revOfEdit, type FieldState, type Link } from "../link/link.ts"
import { mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { DocumentWrite } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"

/** Only the shop has visitors who buy. */
const SHOP: Side = "medusa"

/** The fields of a kind that put its records on sale. */
export const releaseFields = (entity: EntityDefinition): string[] =>
  [...entity.fields.keys()].filter((name) => outOfSight(entity, name) !== undefined)

/** Would visitors of the shop see a new record with this value of the field? */
const shows = (entity: EntityDefinition, name: string, value: CanonicalValue): boolean =>
  outOfSight(entity, name) !== undefined && !isUnseen(entity, name, value)

/** Would they see a record that holds this? */
export const showsDocument = (entity: EntityDefinition, document: Document): boolean =>
  releaseFields(entity).some((name) => shows(entity, name, document[name] ?? null))

/** Would they see a new record that is made of this one? */
export const wouldShow = (entity: EntityDefinition, { fields }: Pick<WireRecord, "fields">): boolean =>
  Object.entries(fields).some(([name, [value]]) => shows(entity, name, value))

/** It is told for the first time, and nobody has asked for what it shows. */
export function untilReleased(entity: EntityDefinition, side: Side, link: Link, document: Document): Link {
  if (side === SHOP) return link
  const fields = { ...link.fields }
  for (const [name, state] of Object.entries(fields)) {
    const value = document[name] ?? null
    if (shows(entity, name, value)) fields[name] = { ...state, unreleased: value }
  }
  return { ...link, fields }
}

/** The peer had the record already: none of it waits there, or the peer tells so. */
export function withoutWaiting(side: Side, link: Link): Link {
  if (side === SHOP) return link
  const plain = Object.entries(link.fields).map(([name, { unreleased: _, ...state }]) => [name, state] as const)
  return { ...link, fields: Object.fromEntries(plain) }
}

export const isUnreleased = ({ fields }: Pick<Link, "fields">): boolean =>
  Object.values(fields).some(({ unreleased }) => unreleased !== undefined)

/**
 * Somebody asks for what waits for a release, or for what the shop had deleted and is told of again: it is told as an edit of
 * now. What waits in the shop is not the shop's to tell.
 */
export function released(entity: EntityDefinition, side: Side, link: Link): Link {
  if (side === SHOP) return link
  const isBack = link.peerId !== null && link.aliveRev > link.acked
  const names = releaseFields(entity).filter((name) => {
    const state = link.fields[name]
    if (!state || state.unreleased !== undefined) return state !== undefined
    return isBack && revOfEdit(state) < link.aliveRev && !isUnseenBy(entity, name, state.fp)
  })
  if (names.length === 0) return link
  const rev = link.rev + 1
  const fields = names.map((name): [string, FieldState] => [
    name,
    { fp: link.fields[name]?.fp ?? NULL_FINGERPRINT, r: rev },
  ])
  return { ...link, rev, fields: { ...link.fields, ...Object.fromEntries(fields) } }
}

/** What a record of the shop holds in the place of values that would show it. */
export interface Withheld {
  /** To be written. */
  fields: Document
  /** The values that are given when it is released. */
  values: Document
  /** Fields of which only the shop knows that they wait, or that they are not what they were. */
  unknown: string[]
}

const NOTHING_WITHHELD: Withheld = { fields: {}, values: {}, unknown: [] }

/**
 * What a record is made with, or comes back with, when nobody has put it on sale.
 *
 * @param values - what it would hold.
 * @param seen - what was heard of a record that was here before: who has said the field since then puts it on sale. `null` = it
 *   never was.
 * @returns what is withheld. Where the shop owns the field its own value is the one that counts, and there is nothing to release.
 */
export function withheldIn(
  entity: EntityDefinition,
  side: Side,
  { release, fields: told }: WireRecord,
  values: Document,
  seen: number | null,
): Withheld {
  if (side !== SHOP) return NOTHING_WITHHELD
  const withheld: Withheld = { fields: {}, values: {}, unknown: [] }
  for (const name of releaseFields(entity)) {
    const field = entity.fields.get(name)
    const value = values[name] ?? null
    const [, r = 0, , e] = told[name] ?? []
    const isSaid = release !== "later" && (seen === null || revOfEdit({ r, ...(e === undefined ? {} : { e }) }) > seen)
    if (!field || isSaid || !shows(entity, name, value)) continue
    withheld.fields[name] = outOfSight(entity, name) ?? null
    if (mayReceive(field, side)) withheld.values[name] = value
    if (release !== "later") withheld.unknown.push(name)
  }
  return withheld
}

/** What Directus learns from the shop: these of the values that it is told wait there for a release. */
export function waitingThere(entity: EntityDefinition, side: Side, { release, fields }: WireRecord): Document {
  if (side === SHOP || release !== "later") return {}
  const waiting = Object.entries(fields).filter(([name, [value]]) => shows(entity, name, value))
  return Object.fromEntries(waiting.map(([name, [value]]) => [name, value]))
}

/**
 * What a message says about the release of its record, whenever it tells the field that shows it: so neither side forgets what
 * the other one knows.
 */
export function releaseOf(
  entity: EntityDefinition,
  link: Link,
  { fields }: Pick<WireRecord, "fields">,
): Pick<WireRecord, "release"> {
  const told = releaseFields(entity).filter((name) => name in fields)
  if (told.some((name) => link.fields[name]?.unreleased !== undefined)) return { release: "later" }
  return told.some((name) => shows(entity, name, fields[name]?.[0] ?? null)) ? { release: "now" } : {}
}

/** Does the row hold another value than the one with which the peer says that it is on sale? */
export const isReleased = ({ fp, unreleased }: FieldState, { release }: Pick<WireRecord, "release">): boolean =>
  unreleased !== undefined && release === "now" && fp !== fingerprint(unreleased)

/** Does the row still hold what it was made with, while its author has said nothing new? */
export const isStillWithheld = ({ fp, unreleased }: FieldState, now: string, told: CanonicalValue): boolean =>
  unreleased !== undefined &&
  now === fp &&
  fp !== fingerprint(unreleased) &&
  fingerprint(told) === fingerprint(unreleased)

/** Does a write show visitors of the shop what they do not see now? */
export function turnsShown(side: Side, entity: EntityDefinition, write: DocumentWrite, current: Document): boolean {
  if (side !== SHOP || write.kind === "remove") return false
  return Object.entries(write.fields).some(
    ([name, value]) =>
      shows(entity, name, value) && !(write.kind === "update" && shows(entity, name, current[name] ?? null)),
  )
}
