import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { CanonicalValue, Document } from "../document/value.ts"
import { isAlive, type Link, type LinkPlace } from "../link/link.ts"
import { placeOf } from "../mapping/places.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { ApartCounts } from "../ports.ts"
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
export const placesApart = ({ places }: Pick<EntityDefinition, "places">, link: Link): string[] =>
  [...(places ?? [])].flatMap(([place, running]) => (!running.isLeftOut && isOpen(running, link, place) ? [place] : []))

/** Those whose values both sides have still to agree on: what the sweep asks for, a look for drift names and no state calls in sync. */
export const placesToAsk = (entity: Pick<EntityDefinition, "places">, link: Link): string[] =>
  link.peerId !== null && link.state !== "unlinked" && isAlive(link) ? placesApart(entity, link) : []

/**
 * {@link placesToAsk} in PostgreSQL's words, for a table of links: a catalogue is counted where it lies. A row comes once for
 * each such place, `apart.name`.
 *
 * @returns `join` with a JSON object, place → since, as its one parameter, and the condition `where`.
 */
// Stryker disable all: only a database can judge this text; e2e/tests/added-columns.test.ts does so
export const apartSql = (table: string): { join: string; where: string } => ({
  join: `cross join lateral (
    select name, since::int, ${table}.places::jsonb -> name as known from jsonb_each_text(?::jsonb) as place (name, since)
  ) apart`,
  where: `${table}.peer_id is not null and ${table}.state <> 'unlinked' and ${table}.standing = 'alive' and (
    apart.known is null or (apart.known ->> 'since')::int < apart.since or apart.known ->> 'of' <> ${table}.peer_id
    or (apart.known ->> 'of' is not null and (apart.known ->> 'until')::bigint > ${table}.seen))`,
})
// Stryker restore all

/** Of an open place: has the peer said that it tells what it has? */
export function isAskedFor({ places: running }: EntityDefinition, { places, peerId }: Link, place: string): boolean {
  const known = places?.[place]
  return known !== undefined && known.of === peerId && known.since === running?.get(place)?.since
}

/** For hosts whose database cannot count them. */
export function countApart(since: ReadonlyMap<string, number>, links: readonly Link[]): ApartCounts {
  const places = new Map([...since].map(([place, at]) => [place, { isLeftOut: false, since: at, blank: null }]))
  const found = links.map((link) => placesToAsk({ places }, link)).filter((open) => open.length > 0)
  return { records: found.length, places: [...new Set(found.flat())] }
}

/** The places of a kind that came later: nobody can have agreed on them before. */
export const newPlacesOf = ({ places }: EntityDefinition): Map<string, number> =>
  new Map(
    [...(places ?? [])].flatMap(([place, { isLeftOut, since }]) => (isLeftOut || since === 0 ? [] : [[place, since]])),
  )

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

/** Is what this place shows of an archived record remembered, though nobody has agreed on it? */
export const isNoted = ({ places }: EntityDefinition, link: Link, place: string): boolean =>
  link.places?.[place] !== undefined && link.places[place].since === places?.get(place)?.since

/** The record is archived: whoever changes from now on what its archive field shows brings it back. */
export function asArchived(entity: EntityDefinition, link: Link, document: Document): Link {
  const field = entity.archive?.field
  if (field === undefined || !placesApart(entity, link).includes(field) || isNoted(entity, link, field)) return link
  const since = entity.places?.get(field)?.since ?? 0
  return {
    ...link,
    fields: { ...link.fields, [field]: { fp: fingerprint(document[field] ?? null), r: 0 } },
    // Of no peer: it is asked about when the record is back.
    places: { ...link.places, [field]: { since, until: 0, of: "" } },
  }
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
