import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Side } from "../document/value.ts"
import type { Link } from "../link/link.ts"
import { mayReceive, type EntityDefinition } from "../mapping/entity.ts"

/** One field that decides whether visitors of the shop see a record. */
export interface Sight {
  field: string
  /** Fingerprints of values. */
  fps: string[]
  /** Are these the values with which it is seen, or those with which it is not? */
  seen: boolean
}

/** With which values records are on sale or shown; all other values take them out of sight. */
const SEEN: Readonly<Record<string, Readonly<Record<string, CanonicalValue[]>>>> = {
  product: { status: ["published"] },
  category: { is_active: [true], is_internal: [false] },
}

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
