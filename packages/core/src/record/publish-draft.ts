import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { revOfEdit, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict } from "../ports.ts"

/** What is known of a field since it entered a draft. */
export interface DraftBase {
  /** What the link held of it then: so much its author had seen. */
  fp: string
  /** The value that was published from this draft and has not been typed anew; `null` = none. */
  told: string | null
}

/** One field of a record, as a draft would make it. */
export interface DraftedField {
  name: string
  value: CanonicalValue
  /** What the row holds. */
  held: CanonicalValue
  /** `null`: the draft is older than its bases. */
  base: DraftBase | null
  /** Had who publishes it both values before them? */
  reviewed: boolean
  /** Is there a row that it can be written to? */
  writable: boolean
  /** Whose value stays in a conflict, where that is not for the mapping to say. */
  wins?: Side | null
}

export interface PublishPlan {
  /** The fields that are written; what else was drafted stays as the row holds it. */
  published: Set<string>
  conflicts: Conflict[]
}

const known = (link: Link | null, name: string): FieldState => link?.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }

/**
 * What a draft that is being saved is based on from now on, by field.
 *
 * @param drafted - what it would make of the record's fields.
 * @param held - what the row holds; it counts for a record that the sync has not seen yet.
 * @param before - what was known when the draft was saved before.
 */
export function draftBases(
  link: Link | null,
  drafted: Document,
  held: Document,
  before: ReadonlyMap<string, DraftBase>,
): Map<string, DraftBase> {
  return new Map(
    Object.entries(drafted).map(([name, value]) => {
      const base = before.get(name)
      // Typed again it is the same edit, until it has been published.
      if (base && (base.told === null || base.told === fingerprint(value))) return [name, base]
      return [name, { fp: link ? known(link, name).fp : fingerprint(held[name] ?? null), told: null }]
    }),
  )
}

/** `publish`; `leave`, for what is no edit; or the side whose value loses. */
type Verdict = "publish" | "leave" | Side

function judge(entity: EntityDefinition, link: Link, side: Side, drafted: DraftedField): Verdict {
  const { name, base, reviewed, writable } = drafted
  const now = known(link, name)
  const fp = fingerprint(drafted.value)
  const field = fieldOf(entity, name)
  if (!field || !base) return "publish"
  if (base.told === fp && (revOfEdit(now) === 0 || !writable)) return "leave"
  if (!writable) return fp === base.fp || fp === now.fp ? "leave" : side
  // What an editor of this host has changed meanwhile is between the two of them.
  if (revOfEdit(now) > 0 || now.fp === base.fp) return "publish"
  if (fp === base.fp) return "leave"
  // What only the peer may change it puts back, and tells.
  if (fp === now.fp || reviewed || !mayReceive(field, otherSide(side))) return "publish"
  return (drafted.wins ?? field.wins) === side ? otherSide(side) : side
}

/**
 * Decides what the publishing of a draft does to one record (I2). A drafted value is an edit of when it entered the draft:
 * what the peer has changed since, its author had not seen.
 *
 * @param link - as it is now; `null` or without a peer: nobody else can have changed anything.
 * @param side - the host that has the draft.
 * @param draft - which draft it is; names it among all of the host.
 */
export function planPublish(
  entity: EntityDefinition,
  link: Link | null,
  side: Side,
  draft: string,
  drafted: readonly DraftedField[],
  at: Date,
): PublishPlan {
  const plan: PublishPlan = { published: new Set(), conflicts: [] }
  for (const one of drafted) {
    const verdict = link?.peerId == null ? "publish" : judge(entity, link, side, one)
    if (verdict === "publish" || verdict === otherSide(side)) plan.published.add(one.name)
    if (verdict === "publish" || verdict === "leave" || link?.peerId == null) continue
    const isDraftLost = verdict === side
    const now = known(link, one.name).fp
    plan.conflicts.push({
      id: fingerprint(["draft", draft, entity.name, link.localId, one.name, fingerprint(one.value), now]),
      entity: entity.name,
      localId: link.localId,
      peerId: link.peerId,
      field: one.name,
      kind: "concurrent",
      losingSide: verdict,
      losingValue: isDraftLost ? one.value : one.held,
      winningFingerprint: isDraftLost ? now : fingerprint(one.value),
      at: at.toISOString(),
    })
  }
  return plan
}

/**
 * Has the peer changed one of these fields?
 *
 * @param seen - what the link held of them before; of a field that is not among them nothing.
 */
export const isOvertaken = (link: Link | null, seen: ReadonlyMap<string, string>, names: Iterable<string>): boolean =>
  link?.peerId != null &&
  [...names].some((name) => {
    const now = known(link, name)
    return revOfEdit(now) === 0 && now.fp !== (seen.get(name) ?? NULL_FINGERPRINT)
  })

/**
 * Does the deletion of a record in a draft yield, because the peer has changed the record since?
 *
 * @param bases - of all fields that the record had when its deletion entered the draft; empty = not known.
 */
export const yieldsToPeer = (link: Link | null, bases: ReadonlyMap<string, DraftBase>): boolean =>
  link !== null &&
  bases.size > 0 &&
  isOvertaken(link, new Map([...bases].map(([name, { fp }]) => [name, fp])), Object.keys(link.fields))
