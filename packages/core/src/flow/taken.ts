import { SyncError } from "../errors.ts"
import { fingerprint } from "../document/fingerprint.ts"
import type { Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { MAX_FAILURES } from "../guard/retry.ts"
import type { DocumentWrite, HostTransaction, TakenValue } from "../ports.ts"
import { SIZES } from "../sizes.ts"

/**
 * A value that only one record of a host may have, and another one has.
 *
 * @param column - the host's own name of the field.
 * @param holder - names the other record, and no value.
 */
export const notUnique = (column: string, holder: string, cause?: unknown): SyncError =>
  new SyncError("not_unique", `${column} is taken by ${holder}. Change the ${column} of one of them.`, { cause })

const TAKEN = /^not_unique: (?:\w+\.)?(\w+) is taken by /

/**
 * The fields that a peer refused because another record of it holds their value.
 *
 * @param reason - as the link keeps it: the answer's code and sentence, which {@link notUnique} has made.
 */
export function takenFields(entity: EntityDefinition, reason: string | null): string[] {
  const column = TAKEN.exec(reason ?? "")?.[1]
  if (column === undefined) return []
  return [...entity.fields.values()].flatMap(({ name, medusa, directus }) =>
    column === medusa || column === directus ? [name] : [],
  )
}

/** It waits for another record to give up the value that it wants. */
export const waitsForValue = ({ heldBack, reason }: Pick<Link, "heldBack" | "reason">): boolean =>
  heldBack && (reason?.startsWith("not_unique:") ?? false)

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
  const valueOf = (write: DocumentWrite, field: string): string =>
    fingerprint((write.kind === "remove" ? null : write.fields[field]) ?? null)
  const stays = (write: DocumentWrite, { field, holder }: TakenValue): boolean => {
    const other = byId.get(holder)
    if (!other || held.has(other)) return true
    return other.kind !== "remove" && (!(field in other.fields) || valueOf(other, field) === valueOf(write, field))
  }
  // Whoever is refused keeps its value, which may be what another one counts on.
  for (let known = -1; known < held.size;) {
    known = held.size
    for (const [write, values] of wanted) {
      const one = held.has(write) ? undefined : values.find((value) => stays(write, value))
      if (one) held.set(write, notUnique(one.column, one.by))
    }
    // Of a value that more than one wants and that somebody gives up, the first gets it.
    const claimed = new Map<string, DocumentWrite>()
    for (const [write, values] of wanted) {
      if (held.has(write)) continue
      for (const { field, column } of values) {
        const claim = `${field} ${valueOf(write, field)}`
        const first = claimed.get(claim)
        if (!first) claimed.set(claim, write)
        else {
          firsts.add(first)
          held.set(write, notUnique(column, OTHER))
        }
      }
    }
  }
  return { held, firsts: [...firsts] }
}

/**
 * A value of this kind may have become free, or another record wants one: those that wait are tried again.
 *
 * @param attempts - how many of their tries count as made.
 * @param besides - records that have just been tried.
 */
export async function wakeWaiting(
  tx: HostTransaction,
  kind: string,
  { attempts = 0, besides = [] }: { attempts?: number; besides?: readonly string[] } = {},
): Promise<void> {
  const ids = (await tx.links.findHeldBack(kind)).filter((id) => !besides.includes(id))
  if (ids.length === 0) return
  const stopped = (await tx.links.lock(kind, ids.sort())).filter(
    (link) => waitsForValue(link) && (link.state === "quarantined" || (link.state === "active" && link.attempts > 1)),
  )
  await tx.links.save(
    kind,
    stopped.map((link): Link => ({ ...link, state: "active", attempts: Math.min(link.attempts, attempts) })),
  )
  await tx.marks.add(
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
  await tx.marks.add(
    kind,
    stopped.map(({ localId }) => localId),
  )
}

const isUnsure = ({ state, reason }: Link): boolean =>
  state === "quarantined" && (reason?.startsWith("ambiguous_match:") ?? false)
