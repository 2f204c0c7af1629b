import { groupBy, indexBy } from "../flow/group-by.ts"
import { ask } from "../flow/run-push.ts"
import { firstRev, leapOver, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, JournalEntry } from "../ports.ts"
import type { Answer, LinkState } from "../wire/messages.ts"
import { differingBuckets, isCompared, packBuckets, type DigestedLink } from "./digest.ts"
import { planRepair, tellAgain } from "./plan-repair.ts"

export interface RepairReport {
  /** Requests that the comparison took: one when both sides agree. */
  requests: number
  /** Buckets that differ. */
  differing: number
  /** Links that were put right here; what the peer has to do it finds by its own comparison. */
  repaired: number
}

/** Links of one question at most; a bucket that has more is asked for alone. */
const TOGETHER = 1_000
/** Links of one answer at most. */
const MOST = 3_000

export async function answerDigest(ports: HostPorts): Promise<Answer> {
  return { kind: "digest", buckets: packBuckets(await ports.transaction({ own: true }, ({ links }) => links.digest())) }
}

export async function answerLinks(ports: HostPorts, buckets: number[]): Promise<Answer> {
  const found = await ports.transaction({ own: true }, ({ links }) => links.inBuckets(buckets, MOST + 1))
  return { kind: "links", links: found.slice(0, MOST).map(stateOf), complete: found.length <= MOST }
}

export async function retell(
  ports: HostPorts,
  records: { entity: string; id: string; seen: number }[],
): Promise<Answer> {
  for (const [entity, group] of groupBy(records, (record) => record.entity)) {
    if (!ports.config.entities.has(entity)) continue
    await ports.transaction({ own: true }, async (tx) => {
      const seen = new Map(group.map((record) => [record.id, record.seen]))
      const links = await tx.links.lock(entity, group.map(({ id }) => id).sort())
      const told = links.filter(({ peerId, state }) => peerId !== null && state !== "unlinked")
      await tx.links.save(
        entity,
        told.map((link) => tellAgain(link, seen.get(link.localId) ?? link.acked)),
      )
      await tx.marks.add(
        entity,
        told.map(({ localId }) => localId),
      )
    })
  }
  return { kind: "retell" }
}

const stateOf = ({ entity, localId, peerId, seen, acked }: DigestedLink): LinkState => ({
  entity,
  id: localId,
  peer: peerId ?? "",
  seen,
  acked,
})

/**
 * Compares all links with the peer's and puts right what has to be done here: what the peer has lost is told again.
 *
 * @returns `null` when the peer did not answer.
 */
export async function repairLinks(ports: HostPorts): Promise<RepairReport | null> {
  const mine = packBuckets(await ports.transaction({ own: true }, ({ links }) => links.digest()))
  const theirs = await ask(ports, { kind: "digest" })
  if (theirs?.kind !== "digest") return null
  const differing = differingBuckets(mine, theirs.buckets)
  const { repair, past } = await ports.readControl()
  const restored = repair === "restored" || repair === "both_restored"
  if (restored) await changeAll(ports, (link) => leapOver(link, Math.max(link.rev, firstRev(past))), false)
  // Neither side can know what the other one has lost.
  if (repair === "both_restored") await changeAll(ports, (link) => tellAgain(link, link.acked), true)
  // They keep old messages old; those of another database are refused as such.
  if (repair === "peer_restored" || repair === "both_restored")
    await ports.transaction({ own: true }, ({ links }) => links.removeTombstones())
  const report: RepairReport = { requests: 1, differing: differing.length, repaired: 0 }
  for (const buckets of together(differing)) {
    // What is read before the question can only be older than the answer.
    const before = await ports.transaction({ own: true }, ({ links }) => links.inBuckets(buckets, MOST))
    const known = new Map(before.map((link) => [`${link.entity}\n${link.localId}`, link]))
    const answer = await ask(ports, { kind: "links", buckets })
    if (answer?.kind !== "links") return null
    report.requests++
    // Before this side leaps over what it has lost, or nobody could tell any more that it has lost something.
    const lost = answer.links.flatMap(({ entity, id, peer, seen }) => {
      const link = known.get(`${entity}\n${peer}`)
      return link && seen > (restored ? link.acked : link.rev) ? [{ entity, id, seen: link.seen }] : []
    })
    if (lost.length > 0) {
      if (!(await ask(ports, { kind: "retell", records: lost }))) return null
      report.requests++
    }
    report.repaired += await repairPairs(ports, before, answer, restored)
  }
  return report
}

/** @returns how many records are told, with `tell`. */
export async function changeAll(
  ports: HostPorts,
  change: (link: Link, entity: EntityDefinition) => Link,
  tell: boolean,
): Promise<number> {
  let told = 0
  for (const [entity, definition] of ports.config.entities) {
    let after: string | null = null
    do {
      const from: string | null = after
      after = await ports.transaction({ own: true }, async (tx) => {
        const ids = await tx.links.page(entity, from, TOGETHER)
        const links = await tx.links.lock(entity, [...ids].sort())
        const changed = links.map((link) => change(link, definition))
        await tx.links.save(
          entity,
          changed.filter((link, i) => link !== links[i]),
        )
        const news = tell ? changed.filter((link) => link.peerId !== null && needsPush(link)) : []
        if (news.length > 0)
          await tx.marks.add(
            entity,
            news.map(({ localId }) => localId),
          )
        told += news.length
        return ids.length < TOGETHER ? null : (ids.at(-1) ?? null)
      })
    } while (after !== null)
  }
  return told
}

function together(differing: { bucket: number; links: number }[]): number[][] {
  const groups: { buckets: number[]; links: number }[] = []
  for (const { bucket, links } of differing) {
    const last = groups.at(-1)
    if (last && last.links + links <= TOGETHER) {
      last.buckets.push(bucket)
      last.links += links
    } else groups.push({ buckets: [bucket], links })
  }
  return groups.map(({ buckets }) => buckets)
}

async function repairPairs(
  ports: HostPorts,
  before: DigestedLink[],
  { links: theirs, complete }: Extract<Answer, { kind: "links" }>,
  restored: boolean,
): Promise<number> {
  const byTheirId = indexBy(theirs, ({ entity, id }) => `${entity}\n${id}`)
  const stateFor = ({ entity, peerId }: DigestedLink): LinkState | null =>
    byTheirId.get(`${entity}\n${peerId ?? ""}`) ?? null
  const suspects = before.filter((link) => {
    if (!isCompared(link)) return false
    const state = stateFor(link)
    return state ? state.peer !== link.localId || state.seen !== link.acked : complete
  })
  let repaired = 0
  for (const [entity, group] of groupBy(suspects, (link) => link.entity)) {
    if (!ports.config.entities.has(entity)) continue
    const asRead = indexBy(group, ({ localId }) => localId)
    repaired += await ports.transaction({ own: true }, async (tx) => {
      const save: Link[] = []
      const tell: string[] = []
      const journal: JournalEntry[] = []
      for (const link of await tx.links.lock(entity, [...asRead.keys()].sort())) {
        const read = asRead.get(link.localId)
        // It has moved on since the question: the answer is about another state.
        if (!read || read.peerId !== link.peerId || read.acked !== link.acked || read.seen !== link.seen) continue
        const repair = planRepair(link, stateFor(link), restored)
        if (repair.kind === "none") continue
        save.push(repair.link)
        if (repair.tell) tell.push(link.localId)
        journal.push({
          at: ports.now().toISOString(),
          entity,
          localId: link.localId,
          direction: "out",
          event: "repair",
          fields: [],
          reason: repair.reason,
          syncId: ports.newId(),
        })
      }
      if (save.length === 0) return 0
      await tx.links.save(entity, save)
      if (tell.length > 0) await tx.marks.add(entity, tell)
      await tx.addJournal(journal)
      return save.length
    })
  }
  return repaired
}
