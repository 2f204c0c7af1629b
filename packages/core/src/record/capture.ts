import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import type { Document } from "../document/value.ts"
import { emptyLink, isAlive, isAway, underRev, type FieldState, type Link, type Standing } from "../link/link.ts"
import { MAX_FAILURES } from "../retry.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import { agreedPlaces, isApart, isLeftOut, isNoted, isUntouched } from "./apart.ts"
import { shownAs, withLost, type SeenRow } from "./lost.ts"
import { hasRefused, refusedAmong } from "./taken.ts"

export interface Captured {
  link: Link
  /** Fields that somebody changed since the last capture. */
  changed: string[]
  aliveChanged: boolean
  /** Of those, fields that automations of both hosts keep changing for each other: they are told no more. */
  looping: string[]
}

/** Answers of automations to each other that are told; after that, a person has to look. */
export const MAX_ANSWERS = 2

/** Automations may answer each other's records this often, in whatever fields: more than in one, for an import that is answered a few times. */
export const MAX_HOPS = 10

/** How far automations have answered each other, now that a record has changed. */
export interface Chain {
  /** In a field, by its state before the change. */
  inField: (before: FieldState) => number
  /** In the record. */
  inRecord: number
}

/** What nobody has answered. */
export const FIRST_WORD: Chain = { inField: () => 0, inRecord: 0 }

const known = (link: Link, name: string): FieldState => link.fields[name] ?? { fp: NULL_FINGERPRINT, r: 0 }

/** Does the record still show the value by which we archived it? Editing that field un-archives it. */
export function looksArchived(entity: EntityDefinition, link: Link, document: Document): boolean {
  if (link.standing !== "archived" || !entity.archive) return false
  const { field } = entity.archive
  const value = document[field] ?? null
  // Nobody can where there is no column, and one that is new here does not show it.
  if (isLeftOut(entity, field)) return true
  if (isApart(entity, link, field) && !isNoted(entity, link, field)) return isUntouched(entity, field, value)
  return fingerprint(value) === known(link, field).fp
}

function standingOf(entity: EntityDefinition, link: Link, row: SeenRow): Standing {
  if (!row.present) return link.standing === "along" ? "along" : "gone"
  if (link.standing === "ignored") return "ignored"
  return looksArchived(entity, link, row.fields ?? {}) ? "archived" : "alive"
}

/** The record that a document says it is a part of. */
export function parentIn(entity: EntityDefinition, document: Document): string | null {
  const parent = entity.parent === null ? null : document[entity.parent]
  return typeof parent === "string" ? parent : null
}

/** A part that somebody has taken out of its whole, or put into none. */
export const belongsNowhere = (entity: EntityDefinition, { fields }: SeenRow): boolean =>
  entity.parent !== null && fields !== null && parentIn(entity, fields) === null

function firstCapture(entity: EntityDefinition, localId: string, document: Document, base: number): Captured {
  const rev = base + 1
  const fields: Record<string, FieldState> = {}
  for (const name in document) {
    const value = document[name] ?? null
    // An empty text is no edit either: some hosts give one where nobody has typed anything.
    if (value !== null) fields[name] = { fp: fingerprint(value), r: value === "" ? 0 : rev }
  }
  const parentId = parentIn(entity, document)
  const link = {
    ...emptyLink(entity.name, localId),
    parentId,
    rev,
    aliveRev: rev,
    fields,
    places: agreedPlaces(entity),
  }
  const changed = Object.keys(fields).filter((name) => fields[name]?.r === rev)
  return { link, changed, aliveChanged: true, looping: [] }
}

/** What a record held when it went; an archived one keeps the value that the archive covers. */
function lastValues(entity: EntityDefinition, link: Link, document: Document): Document {
  if (!entity.archive || !looksArchived(entity, link, document)) return document
  const { field } = entity.archive
  return { ...document, [field]: link.snapshot?.[field] ?? null }
}

/**
 * Compares what the host stores with what the link remembers. A difference is a local change and gets the next rev.
 *
 * @param base - the rev before the first one of this database; see `firstRev`.
 * @param chain - who answers whom with this change, where that is known.
 * @returns `null` when there is neither a link nor a row.
 */
export function capture(
  entity: EntityDefinition,
  before: Link | null,
  localId: string,
  row: SeenRow,
  base = 0,
  chain: Chain = FIRST_WORD,
): Captured | null {
  if (!before) return row.present ? firstCapture(entity, localId, row.fields ?? {}, base) : null
  const link = withLost(before, row)
  const found = standingOf(entity, link, row)
  // Nobody can edit what is gone; its last values are looked at once, when it goes.
  const document = !row.present && isAway(link) ? null : (row.fields ?? link.snapshot)
  const changed: string[] = []
  const now: Record<string, string> = {}
  if (document) {
    const look = (name: string): void => {
      if (isApart(entity, link, name)) return
      const fp = fingerprint(document[name] ?? null)
      if (fp === known(link, name).fp) return
      changed.push(name)
      now[name] = fp
    }
    for (const name in document) look(name)
    for (const name in link.fields) if (!(name in document)) look(name)
  }
  // Whoever goes on with what this host kept wants it, and the peer gets it back. A sale that counts stock down is no such edit.
  const isWanted = changed.some((name) => fieldOf(entity, name)?.owner === "two-way")
  const standing = found === "ignored" && isWanted ? "alive" : found
  const aliveChanged = (standing === "alive") !== isAlive(link)
  const snapshot =
    standing === "alive" ? null : !row.present && document ? lastValues(entity, link, document) : link.snapshot
  const parentId = (row.present && row.fields && parentIn(entity, row.fields)) || link.parentId
  if (changed.length === 0 && !aliveChanged) {
    const same = standing === link.standing && parentId === link.parentId
    return { link: same ? link : { ...link, standing, snapshot, parentId }, changed, aliveChanged, looping: [] }
  }
  const rev = link.rev + 1
  const fields = { ...link.fields }
  const looping: string[] = []
  for (const name of changed) {
    const state = known(link, name)
    const h = chain.inField(state)
    const fp = now[name] ?? NULL_FINGERPRINT
    const isLoop = h > MAX_ANSWERS || chain.inRecord > MAX_HOPS
    if (isLoop) looping.push(name)
    fields[name] = isLoop ? shownAs(state, fp) : { fp, r: rev, ...(h > 0 ? { h } : {}) }
  }
  // What the archive covered here or there is said anew when the record comes back.
  const covered = entity.archive && fields[entity.archive.field]
  if (entity.archive && covered && aliveChanged && standing === "alive")
    fields[entity.archive.field] = underRev(covered, rev)
  // What the peer has refused is asked for no sooner because of other changes, which go on.
  const waits =
    standing === "alive" &&
    hasRefused(link) &&
    link.peerId !== null &&
    refusedAmong(entity, link.reason, changed).length === 0
  // A new change is another chance, and a new key is another announcement: the peer has refused the old one.
  const state = link.state === "quarantined" ? "active" : link.state
  const rekeyed =
    link.state === "quarantined" &&
    link.awaiting === null &&
    entity.matchKeys.some(({ field }) => changed.includes(field))
  return {
    link: {
      ...link,
      ...(rekeyed ? { announced: null, withdrawn: link.announced ?? link.withdrawn, promised: null } : {}),
      state,
      heldBack: waits,
      reason: waits ? link.reason : null,
      attempts: waits ? Math.min(link.attempts, MAX_FAILURES - 1) : 0,
      rev,
      fields,
      standing,
      snapshot,
      parentId,
      hops: chain.inRecord,
      aliveRev: aliveChanged ? rev : link.aliveRev,
    },
    changed,
    aliveChanged,
    looping,
  }
}
