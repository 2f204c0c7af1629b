import { fingerprint, NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { memberOf } from "../document/names.ts"
import type { CanonicalValue, Document } from "../document/value.ts"

/**
 * `alive`: the record is there. `archived`: the peer deleted it and this host shows it as archived. `ignored`: the peer
 * deleted it and this host keeps it as it was. `gone`: no row. `along`: no row either; it went with the record that it is
 * a part of, and comes back with it. All but the first are "not alive" on the wire.
 */
export type Standing = "alive" | "archived" | "ignored" | "gone" | "along"

/** `active` is sent; `quarantined` waits for a person or a new change; `unlinked` is left alone for good. */
export type LinkState = "active" | "quarantined" | "unlinked"

export interface FieldState {
  /** Fingerprint of OUR stored value at the last capture or apply, read back from the database. */
  fp: string
  /** Own rev at which it last changed locally; 0 = the value came from the peer. */
  r: number
  /** How many times automations of the hosts have answered each other since a person's edit; absent = never. */
  h?: number
  /** The rev of the edit itself, when it is told again under the later one in `r`; 0 = it was the peer's. Absent = `r`. */
  e?: number
  /**
   * The record that a reference named when that one went from this host: the row holds nothing, and nobody has said so.
   * Absent = the row says what is meant.
   */
  went?: string
  /**
   * The value that the record is to be shown with when somebody asks for it. The row in Directus holds it; the shop's row holds
   * another one, which nobody has said, until somebody releases the record. Absent = the row says what is meant.
   */
  unreleased?: CanonicalValue
}

/** The same edit under a later rev. */
export function underRev(state: FieldState, rev: number): FieldState {
  const e = state.e ?? state.r
  return e === rev ? { ...state, r: rev } : { ...state, r: rev, e }
}

/** What both hosts know an edit by, however often it is told. */
export const revOfEdit = ({ r, e }: Pick<FieldState, "r" | "e">): number => e ?? r

/** A place that this host has not always had. */
export interface LinkPlace {
  /** The value of it was first asked for when the place was the one of then; see `KnownPlaces`. */
  since: number
  /** The rev with which the peer tells what it has for it. When that much was seen, both have agreed. */
  until: number
  /** The peer whose rev that is. Absent = nothing was asked. */
  of?: string
  /** The rev with which this host tells it, because the peer has asked. Absent = it has not. */
  owed?: number
}

/** What a host keeps about one record. */
export interface Link {
  entity: string
  localId: string
  peerId: string | null
  /** The record that this one was last seen to be a part of. */
  parentId: string | null
  /** The match key under which the record was announced while it has no peer; it stays until the peer answers. */
  announced: string | null
  /** The key of an announcement before, which the peer refused; a copy of it may still be under way. */
  withdrawn: string | null
  /** The peer's record that holds the same key and was announced as well: the peer answered `await` because of it. */
  awaiting: string | null
  /** The peer's record that was told to wait for this one. */
  promised: string | null
  /** Own counter: +1 for each capture that finds a change. */
  rev: number
  /** Highest peer rev incorporated here. */
  seen: number
  /** Highest own rev that the peer is known to have incorporated. */
  acked: number
  standing: Standing
  /** Own rev of the last local change of aliveness; 0 = it came from the peer. */
  aliveRev: number
  fields: Record<string, FieldState>
  /** By the place's name; `null` = none to speak of. */
  places: Readonly<Record<string, LinkPlace>> | null
  /** Last values, kept only while not alive. */
  snapshot: Document | null
  /** How many times automations on the hosts have answered each other since a person's edit. */
  hops: number
  state: LinkState
  /** A field waits for another record, which the peer does not have. */
  heldBack: boolean
  reason: string | null
  /** Equal failures in a row. */
  attempts: number
  lastSyncedAt: string | null
  syncSource: string | null
  syncId: string | null
}

/** What is known of a record while the peer has not said which one it is there. */
export const UNANNOUNCED = { announced: null, withdrawn: null, awaiting: null, promised: null } as const

/** The peer may have made its record from an announcement whose answer has not come. */
export const isUnanswered = (link: Link): boolean => link.peerId === null && isAnnounced(link) && link.acked === 0

/** @param key - as `announced` holds it. */
export const isAnnouncedAs = ({ announced, withdrawn }: Link, key: string): boolean =>
  announced === key || withdrawn === key

/** Has the peer been told of a record that has no link there yet? */
export const isAnnounced = ({ announced, withdrawn }: Link): boolean => announced !== null || withdrawn !== null

export const isAlive = (link: Link): boolean => link.standing === "alive"

/** The peer has deleted it, and this host has kept its row. */
export const isOutlived = ({ standing, state }: Pick<Link, "standing" | "state">): boolean =>
  state !== "unlinked" && (standing === "archived" || standing === "ignored")

/** Whoever makes it again there means this one. */
export const isKept = (link: Link): boolean => link.peerId !== null && isOutlived(link)

/** There is no row. */
export const isAway = ({ standing }: Pick<Link, "standing">): boolean => standing === "gone" || standing === "along"

/** The peer has no record to refer to, and gets none before somebody acts. */
export const isBlocked = (link: Link): boolean =>
  !isAlive(link) ||
  link.state === "unlinked" ||
  (link.state === "quarantined" && (link.peerId === null || link.aliveRev > link.acked))

/**
 * It was another record's pair before, and nothing says yet that the peer knows of the new one. Whoever refers to it would be
 * understood to mean the pair before.
 */
export const isUnproven = ({ peerId, acked, fields }: Link): boolean =>
  peerId !== null && acked === 0 && Object.values(fields).some(({ r, e }) => r > 0 && e !== undefined)

/** Does the peer have the record by now, under this pair, and did not before? Those that refer to it wait for that. */
export const hasArrived = (before: Link, now: Link): boolean =>
  (isUnproven(before) && now.acked > 0) || (before.aliveRev > before.acked && now.acked >= before.aliveRev)

/** Nothing else decides whether something is sent. Edits of a record that is not alive wait until it is. */
export function needsPush(link: Link): boolean {
  if (link.state === "unlinked") return false
  if (link.aliveRev > link.acked) return true
  if (!isAlive(link)) return false
  for (const name in link.fields) if ((link.fields[name]?.r ?? 0) > link.acked) return true
  return false
}

/** Everything of this record is new to the peer, which has lost its link. */
export function asUntold(link: Link): Link {
  const rev = link.rev + 1
  const fields = Object.fromEntries(
    Object.entries(link.fields).map(([name, field]) => [
      name,
      field.fp === NULL_FINGERPRINT && field.went === undefined && field.r <= link.acked
        ? { fp: field.fp, r: 0 }
        : underRev(field, rev),
    ]),
  )
  return { ...link, ...UNANNOUNCED, peerId: null, acked: 0, seen: 0, rev, fields }
}

/**
 * The peer has seen revs that this host has not given out: this database was restored from a backup. What is still to be
 * told gets a rev that the peer cannot have seen.
 */
export function leapOver(link: Link, seenByPeer: number): Link {
  const rev = seenByPeer + 1
  const isTold = (r: number): boolean => r <= link.acked
  const fields = Object.fromEntries(
    Object.entries(link.fields).map(([name, field]) => [name, isTold(field.r) ? field : underRev(field, rev)]),
  )
  return { ...link, rev, fields, aliveRev: isTold(link.aliveRev) ? link.aliveRev : rev }
}

/** More changes than one record ever has. */
const LINEAGE = 1_000_000

/**
 * A database that was restored counts on from here, so that it gives out no rev a second time: the peer may have seen those
 * that it has forgotten.
 *
 * @param past - the epochs that the database had before.
 */
export const firstRev = (past: readonly string[]): number => past.length * LINEAGE

/** Of links: those with a field that may refer to one of these records, as `LinkStore.findReferring` means it. */
export function referringTo(ids: readonly string[]): (link: Pick<Link, "fields">) => boolean {
  const own = new Set(ids)
  const named = new Set(ids.map((id) => fingerprint(id)))
  return ({ fields }) =>
    Object.entries(fields).some(([name, { fp, went }]) => named.has(fp) || own.has(went ?? memberOf(name)))
}

const TOMBSTONE = "tombstone:"

/** The local id of a record that was deleted on the peer before this host ever saw it. */
export const tombstoneId = (peerId: string): string => TOMBSTONE + peerId
export const isTombstone = (localId: string): boolean => localId.startsWith(TOMBSTONE)

/** Remembers how much of a peer that is gone was incorporated, so that its old messages stay old. */
export const tombstoneOf = (entity: string, peerId: string, seen: number): Link => ({
  ...emptyLink(entity, tombstoneId(peerId)),
  peerId,
  seen,
  standing: "gone",
})

export const emptyLink = (entity: string, localId: string): Link => ({
  entity,
  localId,
  peerId: null,
  parentId: null,
  ...UNANNOUNCED,
  rev: 0,
  seen: 0,
  acked: 0,
  standing: "alive",
  aliveRev: 0,
  fields: {},
  places: null,
  snapshot: null,
  hops: 0,
  state: "active",
  heldBack: false,
  reason: null,
  attempts: 0,
  lastSyncedAt: null,
  syncSource: null,
  syncId: null,
})

/** One that is shown as archived here is told when somebody brings it back. */
export const alone = (link: Link): Link => (isAlive(link) ? forgetPeer(link) : { ...asUntold(link), aliveRev: 0 })

/** The peer lost its link: everything here is new to it. */
export function forgetPeer(link: Link): Link {
  const untold = asUntold(link)
  return { ...untold, aliveRev: untold.rev }
}

/**
 * The peer has gone back to an earlier state, or this side has forgotten what it had: all that is here is said again, what
 * is empty too.
 *
 * @param seen - the highest rev of this host that the peer knows.
 * @param isOurs - may this field be told?
 */
export function tellAgain(link: Link, seen: number, isOurs: (name: string) => boolean = () => true): Link {
  const rev = Math.max(link.rev, seen) + 1
  const fields = Object.fromEntries(
    Object.entries(link.fields).map(([name, field]) => [name, isOurs(name) ? underRev(field, rev) : field]),
  )
  return { ...link, rev, fields, aliveRev: rev, acked: Math.min(link.acked, seen) }
}
