import { SyncError } from "../errors.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { ask } from "../send/ask-peer.ts"
import { retellUnpaired } from "../family/changed-pairs.ts"
import { wakeHeldBack } from "../family/parts.ts"
import { firstRev, hasArrived, leapOver, needsPush, tellAgain, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, JournalEntry, HostClock, HostDatabase, HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import type { Answer, LinkState } from "../wire/messages.ts"
import { differingBuckets, isCompared, packBuckets, type DigestedLink } from "../link/digest.ts"
import { planRepair } from "./plan-repair.ts"

export interface RepairReport {
  /** Requests that the comparison took: one when both sides agree. */
  requests: number
  /** Buckets that differ. */
  differing: number
  /** Links that were put right here; what the peer has to do it finds by its own comparison. */
  repaired: number
}

export async function answerDigest(ports: HostDatabase): Promise<Answer> {
  return { kind: "digest", buckets: packBuckets(await ports.transaction(({ links }) => links.digest())) }
}

export async function answerLinks(ports: HostDatabase, buckets: number[]): Promise<Answer> {
  const found = await ports.transaction(({ links }) => links.inBuckets(buckets, SIZES.answer + 1))
  return { kind: "links", links: found.slice(0, SIZES.answer).map(stateOf), complete: found.length <= SIZES.answer }
}

/** Those that have no link here, be it one that waits for its answer. */
export async function answerMissing(
  ports: HostSelf & HostDatabase,
  records: { entity: string; id: string }[],
): Promise<Answer> {
  const missing = await ports.transaction(async ({ links }) => {
    const found: typeof records = []
    for (const [entity, group] of groupBy(records, (record) => record.entity)) {
      if (!ports.config.entities.has(entity)) continue
      const known = indexBy(
        await links.find(
          entity,
          group.map(({ id }) => id),
        ),
        ({ localId }) => localId,
      )
      found.push(...group.filter(({ id }) => !known.has(id)))
    }
    return found
  })
  return { kind: "missing", records: missing }
}

export async function retell(
  ports: HostSelf & HostDatabase,
  records: { entity: string; id: string; seen: number }[],
): Promise<Answer> {
  for (const [entity, group] of groupBy(records, (record) => record.entity)) {
    if (!ports.config.entities.has(entity)) continue
    await ports.transaction(async (tx) => {
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
  const mine = packBuckets(await ports.transaction(({ links }) => links.digest()))
  const theirs = await ask(ports, { kind: "digest" })
  if (theirs?.kind !== "digest") return null
  const differing = differingBuckets(mine, theirs.buckets)
  const { repair, past } = await ports.readControl()
  const restored = repair === "restored" || repair === "both_restored"
  const setForth = (link: Link): Link => leapOver(link, Math.max(link.rev, firstRev(past)))
  // What one side has promised the other may have forgotten, and what it has forgotten it does not keep.
  const free = (link: Link): Link => (link.awaiting === null ? link : { ...link, awaiting: null })
  if (repair !== null) {
    await changeAll(ports, (link) => (restored ? setForth(free(link)) : free(link)), false)
    await retellOfUnpaired(ports)
  }
  // Neither side can know what the other one has lost.
  if (repair === "both_restored") await changeAll(ports, (link) => tellAgain(link, link.acked), true)
  // They keep old messages old; those of another database are refused as such.
  if (repair === "peer_restored" || repair === "both_restored")
    await ports.transaction(({ links }) => links.removeTombstones())
  const report: RepairReport = { requests: 1, differing: differing.length, repaired: 0 }
  for (const buckets of together(differing)) {
    // What is read before the question can only be older than the answer.
    const before = await ports.transaction(({ links }) => links.inBuckets(buckets, SIZES.answer))
    const known = new Map(before.map((link) => [`${link.entity}\n${link.localId}`, link]))
    const answer = await ask(ports, { kind: "links", buckets })
    if (answer?.kind !== "links") return null
    report.requests++
    // Before this side leaps over what it has lost, or nobody could tell any more that it has lost something.
    const revs = restored ? null : await revsNow(ports, before)
    const lost = answer.links.flatMap(({ entity, id, peer, seen }) => {
      const key = `${entity}\n${peer}`
      const link = known.get(key)
      // Nobody can have seen more than this host has given out by now.
      return link && seen > (revs ? (revs.get(key) ?? seen) : link.acked) ? [{ entity, id, seen: link.seen }] : []
    })
    for (const records of inQuestions(lost)) {
      if (!(await ask(ports, { kind: "retell", records }))) return null
      report.requests++
    }
    const suspects = suspectsOf(before, answer)
    // While messages are under way one side knows of a pair before the other one does.
    const alone = repair === null ? await askMissing(ports, suspects, answer) : "all"
    if (alone === null) return null
    if (alone !== "all") report.requests += alone.asked
    report.repaired += await repairPairs(ports, suspects, answer, restored, alone)
  }
  return report
}

/** What has no peer here may have had one that was forgotten: what refers to it was told of that one. */
async function retellOfUnpaired(ports: HostSelf & HostDatabase): Promise<void> {
  for (const kind of ports.config.entities.keys())
    for (let after: string | null | undefined; after !== null;)
      after = await ports.transaction(async (tx) => {
        const ids = await tx.links.page(kind, after ?? null, SIZES.walk)
        await retellUnpaired(ports.config, tx, kind, await tx.links.find(kind, ids))
        return ids.length < SIZES.walk ? null : (ids.at(-1) ?? null)
      })
}

/** @returns how many records are told, with `tell`. */
async function changeAll(ports: HostSelf & HostDatabase, change: LinkChange, tell: boolean): Promise<number> {
  let told = 0
  for (const kind of ports.config.entities.keys())
    for (let after: string | null | undefined; after !== null;) {
      const page: ChangedPage = await changePage(ports, kind, after ?? null, change, tell)
      told += page.told
      after = page.next
    }
  return told
}

type LinkChange = (link: Link, entity: EntityDefinition) => Link

interface ChangedPage {
  links: number
  told: number
  /** Where the next page begins; `null` after the last. */
  next: string | null
}

/** @throws SyncError `invalid_options` when the kind is not mapped. */
export async function changePage(
  ports: HostSelf & HostDatabase,
  kind: string,
  after: string | null,
  change: LinkChange,
  tell: boolean,
): Promise<ChangedPage> {
  const definition = ports.config.entities.get(kind)
  if (!definition) throw new SyncError("invalid_options", `The kind "${kind}" is not mapped.`)
  return ports.transaction(async (tx) => {
    const ids = await tx.links.page(kind, after, SIZES.walk)
    const links = await tx.links.lock(kind, [...ids].sort())
    const changed = links.map((link) => change(link, definition))
    await tx.links.save(
      kind,
      changed.filter((link, i) => link !== links[i]),
    )
    const news = tell ? changed.filter((link) => link.peerId !== null && needsPush(link)) : []
    await tx.marks.add(
      kind,
      news.map(({ localId }) => localId),
    )
    return { links: links.length, told: news.length, next: ids.length < SIZES.walk ? null : (ids.at(-1) ?? null) }
  })
}

/** A bucket that has more links than fit into one question is asked for alone. */
function together(differing: { bucket: number; links: number }[]): number[][] {
  const groups: { buckets: number[]; links: number }[] = []
  for (const { bucket, links } of differing) {
    const last = groups.at(-1)
    if (last && last.links + links <= SIZES.question) {
      last.buckets.push(bucket)
      last.links += links
    } else groups.push({ buckets: [bucket], links })
  }
  return groups.map(({ buckets }) => buckets)
}

/** The peer refuses a question about more of them. */
function inQuestions<T>(records: T[]): T[][] {
  const questions: T[][] = []
  for (let at = 0; at < records.length; at += SIZES.question) questions.push(records.slice(at, at + SIZES.question))
  return questions
}

type Links = Extract<Answer, { kind: "links" }>
type Alone = "all" | { asked: number; has: (link: Pick<Link, "entity" | "peerId">) => boolean }

function statesIn({ links }: Links): (link: Pick<Link, "entity" | "peerId">) => LinkState | null {
  const byTheirId = indexBy(links, ({ entity, id }) => `${entity}\n${id}`)
  return ({ entity, peerId }) => byTheirId.get(`${entity}\n${peerId ?? ""}`) ?? null
}

function suspectsOf(before: DigestedLink[], answer: Links): DigestedLink[] {
  const stateFor = statesIn(answer)
  return before.filter((link) => {
    if (!isCompared(link)) return false
    const state = stateFor(link)
    return state ? state.peer !== link.localId || state.seen !== link.acked : answer.complete
  })
}

/** The revs that this host has given out by now. */
async function revsNow(ports: HostDatabase, before: DigestedLink[]): Promise<Map<string, number>> {
  const revs = new Map<string, number>()
  await ports.transaction(async ({ links }) => {
    for (const [entity, group] of groupBy(before, (link) => link.entity))
      for (const { localId, rev } of await links.find(
        entity,
        group.map((link) => link.localId),
      ))
        revs.set(`${entity}\n${localId}`, rev)
  })
  return revs
}

/** @returns `null` when the peer did not answer. */
async function askMissing(ports: HostPorts, suspects: DigestedLink[], links: Links): Promise<Alone | null> {
  const stateFor = statesIn(links)
  const lonely = suspects.filter((link) => stateFor(link) === null)
  const questions = inQuestions(lonely.map(({ entity, peerId }) => ({ entity, id: peerId ?? "" })))
  const missing = new Set<string>()
  for (const records of questions) {
    const answer = await ask(ports, { kind: "missing", records })
    if (answer?.kind !== "missing") return null
    for (const { entity, id } of answer.records) missing.add(`${entity}\n${id}`)
  }
  return { asked: questions.length, has: ({ entity, peerId }) => missing.has(`${entity}\n${peerId ?? ""}`) }
}

async function repairPairs(
  ports: HostSelf & HostDatabase & HostClock,
  suspects: DigestedLink[],
  links: Links,
  restored: boolean,
  alone: Alone,
): Promise<number> {
  const stateFor = statesIn(links)
  let repaired = 0
  for (const [entity, group] of groupBy(suspects, (link) => link.entity)) {
    if (!ports.config.entities.has(entity)) continue
    const asRead = indexBy(group, ({ localId }) => localId)
    repaired += await ports.transaction(async (tx) => {
      const save: Link[] = []
      const tell: string[] = []
      const arrived: string[] = []
      const journal: JournalEntry[] = []
      for (const link of await tx.links.lock(entity, [...asRead.keys()].sort())) {
        const read = asRead.get(link.localId)
        // It has moved on since the question: the answer is about another state.
        if (!read || read.peerId !== link.peerId || read.acked !== link.acked || read.seen !== link.seen) continue
        const repair = planRepair(link, stateFor(link), restored, alone === "all" || alone.has(link))
        if (repair.kind === "none") continue
        save.push(repair.link)
        if (repair.tell) tell.push(link.localId)
        if (hasArrived(link, repair.link)) arrived.push(link.localId)
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
      await tx.marks.add(entity, tell)
      await retellUnpaired(ports.config, tx, entity, save)
      await wakeHeldBack(ports.config, tx, entity, arrived)
      await tx.addJournal(journal)
      return save.length
    })
  }
  return repaired
}
