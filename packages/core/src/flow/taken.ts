import { SyncError } from "../errors.ts"
import { fingerprint } from "../document/fingerprint.ts"
import type { Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { DocumentWrite, HostTransaction, TakenValue } from "../ports.ts"

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
  const left = new Map(wanting.map((write, i) => [write, taken[i] ?? []]))
  const refused = new Map<DocumentWrite, SyncError>()
  const byId = new Map(writes.flatMap((write) => (write.localId === null ? [] : [[write.localId, write] as const])))
  const stays = (write: DocumentWrite, { field, holder }: TakenValue): boolean => {
    const other = byId.get(holder)
    if (!other || refused.has(other)) return true
    if (other.kind === "remove" || write.kind === "remove") return other.kind !== "remove"
    const [theirs, wanted] = [other.fields[field], write.fields[field]]
    return theirs === undefined || fingerprint(theirs) === fingerprint(wanted ?? null)
  }
  // Whoever is refused keeps its value, which may be what another one counts on.
  for (let known = -1; known < refused.size;) {
    known = refused.size
    for (const [write, values] of left) {
      const held = refused.has(write) ? undefined : values.find((value) => stays(write, value))
      if (held) refused.set(write, notUnique(held.column, held.by))
    }
    for (const [write, column] of wantedTwice(left, refused)) refused.set(write, notUnique(column, OTHER))
  }
  return refused
}

const OTHER = "another record that came with it"

/** Of a value that more than one wants and that somebody gives up, the first gets it. */
function wantedTwice(
  left: ReadonlyMap<DocumentWrite, readonly TakenValue[]>,
  refused: ReadonlyMap<DocumentWrite, unknown>,
): [DocumentWrite, string][] {
  const known = new Set<string>()
  return [...left].flatMap(([write, values]): [DocumentWrite, string][] => {
    if (write.kind === "remove" || refused.has(write)) return []
    const again = values.find(({ field }) => known.has(`${field} ${fingerprint(write.fields[field] ?? null)}`))
    if (again) return [[write, again.column]]
    for (const { field } of values) known.add(`${field} ${fingerprint(write.fields[field] ?? null)}`)
    return []
  })
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
