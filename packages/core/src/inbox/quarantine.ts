import { SyncError } from "../errors.ts"
import { restingWholes } from "../family/parts.ts"
import { groupBy } from "../group-by.ts"
import { UNANNOUNCED, forgetPeer, type Link } from "../link/link.ts"
import type { HostTransaction, HostClock, HostDatabase, HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { candidatesIn } from "../apply/candidates.ts"
import { describeRecords, type Described } from "./describe-records.ts"

export interface RecordId {
  entity: string
  localId: string
}

/** Refused, or waiting for another record: for as long as that one does not come. */
const isStopped = ({ state, heldBack }: Link): boolean => state === "quarantined" || (state === "active" && heldBack)

/** A record that waits for a person. */
export interface Quarantined extends RecordId, Pick<Described, "title" | "parentTitle"> {
  peerId: string | null
  /** What stopped it, and what to do next. */
  reason: string
  /** The peer's records that it could be, when there is more than one. */
  candidates: string[]
}

/** Records that wait for a person, by kind and id; of all kinds, or of one. */
export async function listQuarantined(
  ports: HostSelf & HostDatabase,
  { limit, offset, kind }: { limit: number; offset: number; kind?: string | undefined },
): Promise<{ total: number; records: Quarantined[] }> {
  const kinds = kind === undefined ? [...ports.config.entities.keys()] : [kind]
  const { total, links } = await ports.transaction(async (tx) => ({
    total: await tx.links.countQuarantined(kinds),
    links: await tx.links.quarantined(kinds, limit, offset),
  }))
  const described = await describeRecords(ports, links)
  const records = links.map(({ entity, localId, peerId, reason }, i) => ({
    entity,
    localId,
    title: described[i]?.title ?? null,
    parentTitle: described[i]?.parentTitle ?? null,
    peerId,
    reason: reason ?? "",
    candidates: candidatesIn(reason ?? ""),
  }))
  return { total, records }
}

/** Sends all records that wait for a person again, as they are now. @returns how many. */
export async function retryQuarantined(ports: HostSelf & HostDatabase & HostClock): Promise<number> {
  const kinds = [...ports.config.entities.keys()]
  // All names first: those that are stopped anew meanwhile would come again and again.
  const found = await ports.transaction(async ({ links }) => {
    const ids: RecordId[] = []
    for (;;) {
      const page = await links.quarantined(kinds, SIZES.page, ids.length)
      ids.push(...page.map(({ entity, localId }) => ({ entity, localId })))
      if (page.length < SIZES.page) return ids
    }
  })
  for (let at = 0; at < found.length; at += SIZES.page) {
    const batch = found.slice(at, at + SIZES.page)
    await ports.transaction(async (tx) => {
      for (const [kind, group] of groupBy(batch, ({ entity }) => entity)) {
        const ids = group.map(({ localId }) => localId)
        const links = (await tx.links.lock(kind, ids)).filter(isStopped)
        await turn(ports, tx, kind, links.map(active), "retried")
      }
    })
  }
  return found.length
}

/**
 * Sends one record again. One that was left alone is taken up again, by any of its parts too: each side tells all that it has,
 * and where they differ the value that loses goes to the inbox.
 *
 * @throws SyncError `not_found`, or `invalid_options` when it is neither stopped nor left alone.
 */
export async function retryRecord(
  ports: HostSelf & HostDatabase & HostClock,
  id: RecordId,
  by: string | null = null,
): Promise<void> {
  await change(ports, (await wholeLeftAlone(ports, id)) ?? id, "retried", by, (link) => {
    if (isStopped(link)) return active(link)
    return link.state === "unlinked" ? active(forgetPeer(link)) : null
  })
}

/** The record that a part rests with because a person left that one alone. */
async function wholeLeftAlone({ config, transaction }: HostSelf & HostDatabase, { entity: kind, localId }: RecordId) {
  const entity = config.entities.get(kind)
  const whole = entity?.fields.get(entity.parent ?? "")?.to
  if (!entity || whole === undefined) return null
  return transaction(async (tx): Promise<RecordId | null> => {
    const links = await tx.links.find(kind, [localId])
    const isAlone = links.some(({ state }) => state === "unlinked")
    const resting = isAlone ? [] : [...(await restingWholes(tx, entity, links))]
    const [id] = resting.flatMap(([of, rest]) => (rest === "left_alone" ? of : []))
    return id === undefined ? null : { entity: whole, localId: id }
  })
}

/**
 * Leaves a stopped record alone from now on: neither side's changes of it travel. {@link retryRecord} takes it up again.
 *
 * @throws SyncError `not_found`, or `invalid_options` when it is not stopped.
 */
export const discardRecord = (
  ports: HostSelf & HostDatabase & HostClock,
  id: RecordId,
  by: string | null = null,
): Promise<void> =>
  change(ports, id, "left alone", by, (link) =>
    // Its namesake on the peer must not wait for it.
    isStopped(link) ? { ...link, ...UNANNOUNCED, state: "unlinked", attempts: 0 } : null,
  )

/** Tries those again that are stopped. @returns the ids of those that are left alone. */
export async function release(
  ports: HostClock,
  tx: HostTransaction,
  kind: string,
  ids: string[],
  by: string | null,
): Promise<Set<string>> {
  const links = await tx.links.lock(kind, ids)
  const stopped = links.filter(({ state }) => state === "quarantined")
  await turn(ports, tx, kind, stopped.map(active), "retried", by)
  return new Set(links.filter(({ state }) => state === "unlinked").map(({ localId }) => localId))
}

const active = (link: Link): Link => ({ ...link, state: "active", reason: null, attempts: 0 })

async function change(
  ports: HostSelf & HostDatabase & HostClock,
  { entity, localId }: RecordId,
  event: string,
  by: string | null,
  next: (link: Link) => Link | null,
): Promise<void> {
  await ports.transaction(async (tx) => {
    const [link] = ports.config.entities.has(entity) ? await tx.links.lock(entity, [localId]) : []
    if (!link) throw new SyncError("not_found", `The sync knows no ${entity} ${localId}.`)
    const after = next(link)
    if (!after) throw new SyncError("invalid_options", `The ${entity} ${localId} is not stopped: it is ${link.state}.`)
    await turn(ports, tx, entity, [after], event, by)
  })
}

async function turn(
  ports: HostClock,
  tx: HostTransaction,
  kind: string,
  links: Link[],
  event: string,
  by: string | null = null,
): Promise<void> {
  if (links.length === 0) return
  await tx.links.save(kind, links)
  const ids = links.map(({ localId }) => localId)
  await tx.marks.add(kind, ids)
  const [at, syncId] = [ports.now().toISOString(), ports.newId()]
  const reason = by === null ? null : `by ${by}`
  await tx.addJournal(
    ids.map((localId) => ({ at, entity: kind, localId, direction: "out", event, fields: [], reason, syncId })),
  )
}
