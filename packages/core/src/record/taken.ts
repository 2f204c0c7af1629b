import { SyncError } from "../errors.ts"
import { fingerprint } from "../document/fingerprint.ts"
import { membersIn } from "../document/members.ts"
import { setOf } from "../document/names.ts"
import type { CanonicalValue, Document } from "../document/value.ts"
import { isAlive, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { MAX_FAILURES } from "../retry.ts"
import type { DocumentWrite, HostTransaction, TakenValue } from "../ports.ts"
import { SIZES } from "../sizes.ts"

/**
 * A value that only one record of a host may have, and another one has.
 *
 * @param column - the host's own name of the field.
 * @param holder - names the other record, and no value. Behind it stands its id in brackets, where the host knows it.
 */
export const notUnique = (column: string, holder: string, cause?: unknown): SyncError =>
  new SyncError("not_unique", `${column} is taken by ${holder}. Change the ${column} of one of them.`, { cause })

/** Several values of one record: each has a sentence. */
const notUniqueIn = (values: readonly TakenValue[]): SyncError =>
  new SyncError("not_unique", values.map(({ column, by }) => notUnique(column, by).message).join(" "))

/**
 * A value that a host does not take, whoever else has which: the other fields of the record arrive without it.
 *
 * @param column - the host's own name of the field, with or without its table or collection: `products.handle`.
 * @param says - a sentence without values that says why, and where to change what.
 */
export const refusedValue = (column: string, says: string, cause?: unknown): SyncError =>
  new SyncError("rejected_by_host", `${column}: ${says}`, { cause })

const CODE = /^(?:not_unique|rejected_by_host): /
const TAKEN = /(?:^not_unique: |^rejected_by_host: |\. )(?:\w+\.)?(\w+) is taken by /g
const REFUSED = /(?:^not_unique: |^rejected_by_host: |\. )(?:\w+\.)?(\w+)(?: is taken by |: )/g

const columnsIn = (reason: string | null, sentences: RegExp): string[] =>
  reason !== null && CODE.test(reason) ? [...reason.matchAll(sentences)].flatMap(([, column]) => column ?? []) : []

function fieldsIn(entity: EntityDefinition, columns: readonly string[]): string[] {
  if (columns.length === 0) return []
  const isMeant = (place: string | null): boolean =>
    columns.some((column) => place === column || place?.startsWith(`${column}.`) === true)
  return [...entity.fields.values()].flatMap(({ name, medusa, directus }) =>
    isMeant(medusa) || isMeant(directus) ? [name] : [],
  )
}

/**
 * The fields that a peer refused because another record of it holds their value; a set or a map is refused as a whole.
 *
 * @param reason - as the link keeps it: the answer's code and its sentences, which {@link notUnique} has made.
 */
const takenFields = (entity: EntityDefinition, reason: string | null): string[] =>
  fieldsIn(entity, columnsIn(reason, TAKEN))

/** Those and the fields whose values it does not take at all, by {@link refusedValue}. */
export const refusedFields = (entity: EntityDefinition, reason: string | null): string[] =>
  fieldsIn(entity, columnsIn(reason, REFUSED))

const HOLDER = /^not_unique: \S+ is taken by [^(]*\((.+?)\)\. Change the /

/** The peer's record that has the value which it refused to another one, of several the first; `null` = it does not say. */
export const holderIn = (reason: string | null): string | null => HOLDER.exec(reason ?? "")?.[1] ?? null

/** Of these names of a document, those that belong to one of the {@link refusedFields}. */
export const refusedAmong = (entity: EntityDefinition, reason: string | null, names: readonly string[]): string[] =>
  namesOf(refusedFields(entity, reason), names)

/** The same of the {@link takenFields}. */
export const takenAmong = (entity: EntityDefinition, reason: string | null, names: readonly string[]): string[] =>
  namesOf(takenFields(entity, reason), names)

const namesOf = (fields: readonly string[], names: readonly string[]): string[] =>
  fields.length === 0 ? [] : names.filter((name) => fields.includes(setOf(name)))

/** Before each sentence that names a column. */
const BETWEEN = /(?<=\.) (?=(?:\w+\.)?\w+(?: is taken by |: ))/

/** A refusal of one value does not mean that one which was refused before is free: both are told apart from all else. */
export function withRefusedBefore(reason: string, before: string | null): string {
  const columns = columnsIn(reason, REFUSED)
  const others = (before ?? "")
    .replace(CODE, "")
    .split(BETWEEN)
    .filter((sentence) => {
      const [column] = columnsIn(`rejected_by_host: ${sentence}`, REFUSED)
      return column !== undefined && !columns.includes(column)
    })
  return [reason, ...others].join(" ")
}

function membersOf(field: string, document: Document): CanonicalValue {
  const members = membersIn(field, document)
  return members.length === 0 ? null : members
}

/** What of a document only one record may have, as text; `null`: it has none of it. */
export function uniqueValue(
  document: Document,
  { field, within }: Pick<TakenValue, "field" | "within">,
): string | null {
  const value = document[field] ?? membersOf(field, document)
  return value === null ? null : fingerprint([within === undefined ? null : (document[within] ?? null), value])
}

/**
 * Why each of these would be refused as a new record: as the host says of what it stores, or because one before it, which is
 * not refused, has what only one may have.
 *
 * @param unique - fields of which only one record may have a value, each with the host's own name of it.
 */
export function refusedBehind(
  kind: string,
  documents: readonly Document[],
  stored: readonly (string | null)[],
  unique: readonly Pick<TakenValue, "field" | "within" | "column">[],
): (string | null)[] {
  const taken = new Set<string>()
  return documents.map((document, i) => {
    const wanted = unique.flatMap(({ column, ...each }) => {
      const value = uniqueValue(document, each)
      return value === null ? [] : [{ column, claim: `${each.field} ${value}` }]
    })
    const first = wanted.find(({ claim }) => taken.has(claim))
    const refusal = stored[i] ?? (first ? notUnique(first.column, `another ${kind} that comes with it`).message : null)
    if (refusal === null) for (const { claim } of wanted) taken.add(claim)
    return refusal
  })
}

/** The document as it is when the write is done. */
function documentAfter(write: DocumentWrite): Document {
  if (write.kind === "remove") return {}
  return write.kind === "update" ? { ...write.current, ...write.fields } : write.fields
}

/** It waits for another record to give up the value that it wants. */
export const waitsForValue = ({ heldBack, reason }: Pick<Link, "heldBack" | "reason">): boolean =>
  heldBack && ((reason?.startsWith("not_unique:") ?? false) || columnsIn(reason, TAKEN).length > 0)

/** The peer has refused values of it, which are told by themselves, and all else without them. */
export const hasRefused = (link: Pick<Link, "heldBack" | "reason">): boolean =>
  waitsForValue(link) || (link.heldBack && columnsIn(link.reason, REFUSED).length > 0)

/**
 * Which of these writes want a value that stays with somebody else. One whose holder gives it up in the same message does
 * not: keys that change places or move up by one arrive together.
 *
 * @returns what each of them is refused for.
 */
export async function refusedAsTaken(
  tx: HostTransaction,
  entity: EntityDefinition,
  writes: readonly DocumentWrite[],
): Promise<Map<DocumentWrite, SyncError>> {
  const wanting = writes.filter(({ kind }) => kind !== "remove")
  const taken = await tx.documents.taken(entity.name, wanting)
  const wanted = new Map(wanting.map((write, i) => [write, taken[i] ?? []]))
  const refused = new Map<DocumentWrite, SyncError>()
  for (;;) {
    const { held, firsts } = heldIn(writes, wanted, refused)
    const inVain = firsts.filter((write) => held.has(write) && !refused.has(write))
    // It does not get the value for which another one had to stand back. A new record goes first: nobody waits for its value.
    const one = inVain.find(({ kind }) => kind === "create") ?? inVain[0]
    if (!one) return held
    refused.set(one, held.get(one) ?? notUnique("", OTHER))
  }
}

const OTHER = "another record that came with it"

/** @param before - writes that are refused whatever the others do. @returns `firsts`: those that got what others want too. */
function heldIn(
  writes: readonly DocumentWrite[],
  wanted: ReadonlyMap<DocumentWrite, readonly TakenValue[]>,
  before: ReadonlyMap<DocumentWrite, SyncError>,
): { held: Map<DocumentWrite, SyncError>; firsts: DocumentWrite[] } {
  const held = new Map(before)
  const firsts = new Set<DocumentWrite>()
  const byId = new Map(writes.flatMap((write) => (write.localId === null ? [] : [[write.localId, write] as const])))
  const valueOf = (write: DocumentWrite, value: TakenValue): string | null => uniqueValue(documentAfter(write), value)
  const stays = (write: DocumentWrite, value: TakenValue): boolean => {
    const other = byId.get(value.holder)
    if (!other || held.has(other)) return true
    if (other.kind === "remove") return false
    const isChanged = Object.keys(other.fields).some((name) => [value.field, value.within].includes(setOf(name)))
    return !isChanged || valueOf(other, value) === valueOf(write, value)
  }
  // Whoever is refused keeps its value, which may be what another one counts on.
  for (let known = -1; known < held.size;) {
    known = held.size
    for (const [write, values] of wanted) {
      const staying = held.has(write) ? [] : values.filter((value) => stays(write, value))
      if (staying.length > 0) held.set(write, notUniqueIn(staying))
    }
    // Of a value that more than one wants and that somebody gives up, the first gets it.
    const claimed = new Map<string, DocumentWrite>()
    for (const [write, values] of wanted) {
      if (held.has(write)) continue
      for (const value of values) {
        const claim = `${value.field} ${valueOf(write, value) ?? ""}`
        const first = claimed.get(claim)
        if (!first) claimed.set(claim, write)
        else {
          firsts.add(first)
          held.set(write, notUnique(value.column, OTHER))
        }
      }
    }
  }
  return { held, firsts: [...firsts] }
}

/** The fields whose value a record has given up between two states of its link. */
export function freedBetween(old: Link | undefined, link: Link): string[] {
  if (!old) return []
  const names = Object.keys(old.fields)
  const changed =
    isAlive(old) === isAlive(link) ? names.filter((name) => old.fields[name]?.fp !== link.fields[name]?.fp) : names
  return changed.map(setOf)
}

/** Does it wait for a value of one of these fields? One whose reason names none may wait for any key. */
function waitsForOneOf(entity: EntityDefinition, freed: ReadonlySet<string>): (link: Link) => boolean {
  const isKeyFree = entity.matchKeys.some(({ field }) => freed.has(field))
  const isOtherParent = entity.parent !== null && freed.has(entity.parent)
  return ({ reason }) => {
    const fields = takenFields(entity, reason)
    return isOtherParent || (fields.length === 0 ? isKeyFree : fields.some((name) => freed.has(name)))
  }
}

/**
 * These fields of a record have changed on this host or on its peer, or it is gone: those that wait for a value of one are
 * tried again.
 */
export async function wakeWaitingFor(
  tx: HostTransaction,
  entity: EntityDefinition,
  freed: readonly string[],
  besides: readonly string[] = [],
): Promise<void> {
  if (freed.length > 0) await wakeWaiting(tx, entity.name, { besides, only: waitsForOneOf(entity, new Set(freed)) })
}

/**
 * A value of this kind may have become free, or another record wants one: those that wait are tried again.
 *
 * @param attempts - how many of their tries count as made.
 * @param besides - records that have just been tried.
 * @param only - leaves out the others.
 */
export async function wakeWaiting(
  tx: HostTransaction,
  kind: string,
  {
    attempts = 0,
    besides = [],
    only = () => true,
  }: { attempts?: number; besides?: readonly string[]; only?: (link: Link) => boolean } = {},
): Promise<void> {
  const isMeant = (link: Link): boolean =>
    waitsForValue(link) &&
    (link.state === "quarantined" || (link.state === "active" && link.attempts > 1)) &&
    only(link)
  const heldBack = (await tx.links.findHeldBack(kind)).filter((id) => !besides.includes(id))
  if (heldBack.length === 0) return
  const ids = (await tx.links.find(kind, heldBack)).filter(isMeant).map(({ localId }) => localId)
  if (ids.length === 0) return
  const stopped = (await tx.links.lock(kind, ids.sort())).filter(isMeant)
  await tx.links.save(
    kind,
    stopped.map((link): Link => ({ ...link, state: "active", attempts: Math.min(link.attempts, attempts) })),
  )
  await tx.marks.wake(
    kind,
    stopped.map(({ localId }) => localId),
  )
}

/** Those that were stopped because several records had one key: it may be another one by now, so each gets one more try. */
export async function wakeUnsure(tx: HostTransaction, kind: string): Promise<void> {
  const found = await tx.links.quarantined([kind], SIZES.walk, 0)
  const ids = found.filter(isUnsure).map(({ localId }) => localId)
  if (ids.length === 0) return
  const stopped = (await tx.links.lock(kind, ids.sort())).filter(isUnsure)
  await tx.links.save(
    kind,
    stopped.map((link): Link => ({ ...link, state: "active", attempts: MAX_FAILURES - 1 })),
  )
  await tx.marks.wake(
    kind,
    stopped.map(({ localId }) => localId),
  )
}

const isUnsure = ({ state, reason }: Link): boolean =>
  state === "quarantined" && (reason?.startsWith("ambiguous_match:") ?? false)
