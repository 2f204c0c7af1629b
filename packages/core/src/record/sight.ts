import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Side } from "../document/value.ts"
import type { Link } from "../link/link.ts"
import { mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { Sight } from "../ports.ts"

/** With which values records are on sale or shown; all other values take them out of sight. */
const SEEN: Readonly<Record<string, Readonly<Record<string, CanonicalValue[]>>>> = {
  product: { status: ["published"] },
  category: { is_active: [true], is_internal: [false] },
}

/** What a new record of the shop shows nobody with: what Medusa gives one of which nothing is said. */
const UNSEEN: Readonly<Record<string, Readonly<Record<string, CanonicalValue>>>> = { product: { status: "draft" } }

/** The value with which a new record of the shop is out of sight; `undefined` = the field decides nothing about what is for sale. */
export const outOfSight = ({ name }: EntityDefinition, field: string): CanonicalValue | undefined =>
  UNSEEN[name]?.[field]

/** Is a record with this value of the field out of sight? */
export const isUnseen = (entity: EntityDefinition, field: string, value: CanonicalValue): boolean =>
  isUnseenBy(entity, field, fingerprint(value))

/** The same of a value's fingerprint. */
export const isUnseenBy = ({ name }: EntityDefinition, field: string, fp: string): boolean =>
  !(SEEN[name]?.[field] ?? []).some((seen) => fingerprint(seen) === fp)

/**
 * The fields by which an edit on `side` takes a record out of sight on the other one. A kind that is not listed above is out
 * of sight with the value by which it is archived.
 */
export function sightOf(entity: EntityDefinition, side: Side): Sight[] {
  const { name, archive, fields } = entity
  const peer = otherSide(side)
  const archived = archive?.[peer]
  const known = Object.entries(SEEN[name] ?? {}).map(([field, values]) => ({ field, values, seen: true }))
  const other = archive && archived !== undefined ? [{ field: archive.field, values: [archived], seen: false }] : []
  return (name in SEEN ? known : other).flatMap(({ field: of, values, seen }) => {
    const field = fields.get(of)
    if (!field || field[side] === null || field[peer] === null || !mayReceive(field, peer)) return []
    return [{ field: of, fps: values.map(fingerprint), seen }]
  })
}

/** Is the record in sight, by the values that were captured last? */
export const isInSight = ({ fields }: Pick<Link, "fields">, sights: readonly Sight[]): boolean =>
  sights.every(({ field, fps, seen }) => fps.includes(fields[field]?.fp ?? NULL_FINGERPRINT) === seen)
