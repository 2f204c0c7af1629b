import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { CanonicalValue, Document } from "../document/value.ts"
import type { Link, LinkPlace } from "../link/link.ts"
import { placeOf } from "../mapping/places.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { WireRecord } from "../wire/messages.ts"

const isOpen = ({ since }: { since: number }, { places, seen, peerId }: Link, place: string): boolean => {
  const known = places?.[place]
  if (known === undefined || since > known.since) return since > 0
  return known.of !== undefined && (known.of !== peerId || known.until > seen)
}

/**
 * Is this host's value of the field none that the peer could know of? It has no place for it, or one that both have not agreed
 * on yet: then it is no edit, is not told, and whatever the peer tells is compared as of records that lived apart.
 */
export function isApart(entity: EntityDefinition, link: Link, name: string): boolean {
  if (!entity.places) return false
  const place = placeOf(entity, name)
  const running = entity.places.get(place)
  return running !== undefined && (running.isLeftOut || isOpen(running, link, place))
}

/** Can this host store the field at all? */
export const isLeftOut = (entity: EntityDefinition, name: string): boolean =>
  entity.places?.get(placeOf(entity, name))?.isLeftOut === true

/** The places of a record that the peer has to be asked about. */
export const placesApart = ({ places }: EntityDefinition, link: Link): string[] =>
  [...(places ?? [])].flatMap(([place, running]) => (!running.isLeftOut && isOpen(running, link, place) ? [place] : []))

/** Nobody has typed it: it takes what the peer has. */
export const isUntouched = (entity: EntityDefinition, name: string, value: CanonicalValue): boolean =>
  value === null ||
  value === "" ||
  fingerprint(value) === fingerprint(entity.places?.get(placeOf(entity, name))?.blank ?? null)

/** A record that is new here agrees with its peer from the start, in all places of today. */
export function agreedPlaces({ places }: EntityDefinition): Link["places"] {
  const all = [...(places ?? [])].flatMap(([place, { since }]): [string, LinkPlace][] =>
    since > 0 ? [[place, { since, until: 0 }]] : [],
  )
  return all.length > 0 ? Object.fromEntries(all) : null
}

/** Is this what the peer was asked to tell for the place? */
export function isAnswer({ places, seen }: Link, { id, rev }: WireRecord, place: string): boolean {
  const { until = 0, of } = places?.[place] ?? {}
  return of === id && until > seen && until <= rev
}

/** The record is archived or kept: whoever changes from now on what its archive field shows brings it back. */
export function asArchived(entity: EntityDefinition, link: Link, document: Document): Link {
  const field = entity.archive?.field
  if (field === undefined || !placesApart(entity, link).includes(field)) return link
  const anew = asOfToday(entity, link, [field], 0)
  return { ...anew, fields: { ...anew.fields, [field]: { fp: fingerprint(document[field] ?? null), r: 0 } } }
}

/** The peer has asked for what is in this place, and has not heard it yet. */
export function owes(entity: EntityDefinition, { places, acked }: Link, name: string): boolean {
  return places !== null && (places[placeOf(entity, name)]?.owed ?? 0) > acked
}

/** From now on the peer is told whatever these places get, until it has heard of that rev. */
export const owing = (link: Link, places: readonly string[], rev: number): Link => ({
  ...link,
  places: {
    ...link.places,
    ...Object.fromEntries(places.map((place) => [place, { since: 0, until: 0, ...link.places?.[place], owed: rev }])),
  },
})

/**
 * What is remembered of these places is of another time: what the row holds there is looked at as if for the first time. Of
 * an edit that may still be under way the peer hears that it holds no more.
 */
export function asOfToday(entity: EntityDefinition, link: Link, places: readonly string[], until: number): Link {
  const since = (place: string): number => entity.places?.get(place)?.since ?? 0
  const rev = link.rev + 1
  let isTold = false
  const fields = Object.entries(link.fields).flatMap(([name, state]) => {
    if (!places.includes(placeOf(entity, name))) return [[name, state] as const]
    if (state.r <= link.acked) return []
    isTold = true
    return [[name, { fp: NULL_FINGERPRINT, r: rev }] as const]
  })
  return {
    ...link,
    rev: isTold ? rev : link.rev,
    fields: Object.fromEntries(fields),
    places: { ...link.places, ...Object.fromEntries(places.map((place) => [place, { since: since(place), until }])) },
  }
}
