import { setOf, splitName } from "../document/names.ts"
import type { CanonicalValue } from "../document/value.ts"
import type { SyncConfig } from "./config.ts"
import type { EntityDefinition, FieldDefinition, RunningPlace, KnownPlaces } from "./entity.ts"

/** Where a host keeps the values of a field, by its own name; `null` = it has no place for them. */
export interface Place {
  at: string | null
  /** What the place shows while nobody has typed anything, such as a column's default. */
  blank?: CanonicalValue
}

/** Kind → the name of each place (`placeOf`) → the place as the host has it now. */
export type Places = Readonly<Record<string, Readonly<Record<string, Place>>>>

/**
 * The place that a document field's value is kept at: a text in another language has one of its own, since a locale may be
 * added; all texts of options in one locale share one, and so do all members of a set.
 */
export function placeOf(entity: EntityDefinition, name: string): string {
  if (!entity.fields.get(setOf(name))?.translates) return setOf(name)
  const { field, member } = splitName(name)
  const [locale = "", text = ""] = (member ?? "").split("/")
  return `${field}#${locale}/${text}`
}

/** Does the place hold any number of values? Each of them has a longer name, then. */
export const holdsMany = ({ fields }: EntityDefinition, place: string): boolean => {
  const field = fields.get(setOf(place))
  if (field?.translates) return place.endsWith("/options")
  return field?.type === "set" || field?.type === "map" || field?.type === "references"
}

/** The places that a mapped field needs. */
export function placesFor({ name, translates }: FieldDefinition): string[] {
  if (!translates) return [name]
  const texts = [...translates.fields, ...(translates.options ? ["options"] : [])]
  return Object.keys(translates.locales).flatMap((locale) => texts.map((text) => `${name}#${locale}/${text}`))
}

/** The places of all fields that travel. @param find - how the host keeps one. */
export function placesIn(
  { entities }: SyncConfig,
  find: (entity: EntityDefinition, field: FieldDefinition, place: string) => Place,
): Places {
  const kinds = [...entities].map(([kind, entity]) => {
    const travelling = [...entity.fields.values()].filter(
      ({ medusa, directus }) => medusa !== null && directus !== null,
    )
    const places = travelling.flatMap((field) =>
      placesFor(field).map((place) => [place, find(entity, field, place)] as const),
    )
    return [kind, Object.fromEntries(places)] as const
  })
  return Object.fromEntries(kinds)
}

/**
 * What the database is to remember of its places from now on. A place that is new in a kind which it knows, that has come
 * back or has moved was never agreed on with the peer, whatever it holds.
 *
 * @param known - `null` at the first start: what is there then counts as having been there always.
 */
export function comparePlaces(known: KnownPlaces | null, now: Places): KnownPlaces {
  const next =
    1 + Math.max(0, ...Object.values(known ?? {}).flatMap((kind) => Object.values(kind).map((at) => at.since)))
  const kinds = Object.entries(now).map(([kind, places]) => {
    const before = known?.[kind]
    const compared = Object.entries(places).map(([name, { at }]) => {
      const old = before?.[name]
      const isNew = before !== undefined && at !== null && old?.at !== at
      return [name, { at, since: isNew ? next : (old?.since ?? 0) }] as const
    })
    return [kind, { ...before, ...Object.fromEntries(compared) }] as const
  })
  return { ...known, ...Object.fromEntries(kinds) }
}

/** Has this host a place that it has not always had? */
export const hasNewPlaces = ({ entities }: SyncConfig): boolean =>
  [...entities.values()].some(({ places }) =>
    [...(places?.values() ?? [])].some(({ isLeftOut, since }) => !isLeftOut && since > 0),
  )

/** The configuration as one host runs it: what both sides must agree on stays as it is. */
export function withPlaces(config: SyncConfig, now: Places, known: KnownPlaces): SyncConfig {
  const entities = [...config.entities].map(([kind, entity]): [string, EntityDefinition] => {
    const places = Object.entries(now[kind] ?? {}).flatMap(([name, { at, blank = null }]): [string, RunningPlace][] => {
      const since = known[kind]?.[name]?.since ?? 0
      return at === null || since > 0 ? [[name, { isLeftOut: at === null, since, blank }]] : []
    })
    return [kind, places.length === 0 ? entity : { ...entity, places: new Map(places) }]
  })
  return { ...config, entities: new Map(entities) }
}
