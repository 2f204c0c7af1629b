import { fingerprint } from "../document/fingerprint.ts"
import { SyncError } from "../errors.ts"
import { isAlive, isKept, isTombstone, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import {
  NO_ROW,
  type Conflict,
  type DocumentWrite,
  type HostTransaction,
  type JournalEntry,
  type HostSelf,
} from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { couldBe, fewOf } from "./candidates.ts"
import { hostName, type Side } from "../document/value.ts"
import { MAX_FAILURES } from "../retry.ts"
import { failure, quarantineAnswer, type ApplyContext } from "./apply-context.ts"
import { followSuccessors, retellUnpaired } from "../family/changed-pairs.ts"
import { endedPairs, forReplacement, forSuccessor, heardBefore, insteadOf } from "./ended-pairs.ts"
import { indexBy } from "../group-by.ts"
import { noteLost, seeLost, type SeenRow } from "../record/lost.ts"
import type { Match } from "./match.ts"
import { matchAll } from "./match-all.ts"
import {
  carryParts,
  goneWithParent,
  tellWithParent,
  waitsForParent,
  wakeHeldBack,
  type Turned,
} from "../family/parts.ts"
import { planApply, type ApplyPlan } from "./plan-apply.ts"
import { resolveReferences } from "../family/references.ts"
import { settleApply } from "./settle-apply.ts"
import { freedBetween, refusedAsTaken, wakeWaitingFor } from "../record/taken.ts"

async function answerAwait(
  tx: HostTransaction,
  entity: EntityDefinition,
  record: WireRecord,
  localId: string,
): Promise<RecordResult> {
  const [waiting] = await tx.links.lock(entity.name, [localId])
  // What both have promised each other stays: the peer may be adopting it.
  const hasAgreed = waiting !== undefined && waiting.promised !== null && waiting.promised === waiting.awaiting
  if (waiting && !hasAgreed && waiting.promised !== record.id)
    await tx.links.save(entity.name, [{ ...waiting, promised: record.id }])
  if (waiting && (await waitsForParent(tx, entity, waiting)))
    return failure("ambiguous_match", `It waits for ${localId}, which has the same key and waits itself.`)
  // What it waits for may have come: its namesake waits for it.
  if (waiting?.heldBack && waiting.state === "active") await tx.marks.wake(entity.name, [localId])
  if (waiting?.state !== "quarantined") return { st: "await", ack: 0, peer: localId, rev: 0 }
  // It was given up, and here its namesake comes: it is worth one more try.
  await tx.links.save(entity.name, [{ ...waiting, promised: record.id, state: "active", attempts: MAX_FAILURES - 1 }])
  await tx.marks.wake(entity.name, [localId])
  return failure(
    "ambiguous_match",
    `It waits for ${localId}, which has the same key and is stopped: ${waiting.reason?.split(":")[0] ?? "no reason"}.`,
  )
}

function whyNotGuessed(
  side: Side,
  { id }: WireRecord,
  { candidates, rivals }: Extract<Match, { kind: "ambiguous" }>,
): string {
  const which =
    rivals.length > 0
      ? `${fewOf([id, ...rivals].sort()).join(", ")} have the key of ${candidates.join(", ")} in ${side}.`
      : couldBe(candidates)
  return `${which} Change the key of all but one, then retry.`
}

/** An end is taken in with the record that goes on in its place, or told again when that one was refused. */
const replacedAnswer = ({ rev }: WireRecord, isTaken: boolean): RecordResult =>
  isTaken
    ? { st: "ok", ack: rev, peer: null, rev: 0 }
    : failure("concurrent_write", "The record that is to take its place was refused.")

/** @param code - the field that refers to what is not here, by the sender's name. */
const needParent = (code: string): RecordResult => ({ st: "need_parent", ack: 0, peer: null, rev: 0, code })

/**
 * A part that went with its parent here, and that the peer has in another one now: as if it had been there when it went.
 *
 * @returns `null` when the peer says nothing of another one.
 */
function inOtherParent({ parent }: EntityDefinition, record: WireRecord, link: Link, row: SeenRow): Link | null {
  const told = parent === null ? null : (record.fields[parent]?.[0] ?? null)
  const values = link.snapshot ?? row.fields
  if (parent === null || told === null || told === link.parentId || !values) return null
  return {
    ...link,
    snapshot: { ...values, [parent]: told },
    fields: { ...link.fields, [parent]: { ...link.fields[parent], fp: fingerprint(told), r: 0 } },
  }
}

/** Whoever moved it to a record that is there has brought it back. */
const broughtBack = (record: WireRecord): WireRecord => ({ ...record, alive_rev: record.rev })

/**
 * Applies records of one kind in a transaction of the caller: all that can be, or none when it throws.
 *
 * @returns the answers, by the record as it was sent.
 */
export async function applyChunk(
  ports: HostSelf,
  tx: HostTransaction,
  entity: EntityDefinition,
  delivery: ApplyContext,
  sent: WireRecord[],
): Promise<Map<WireRecord, RecordResult>> {
  const { ready, waiting, theirName } = await resolveReferences(tx, entity, sent)
  const results = await applyResolved(ports, tx, entity, { ...delivery, theirName }, [...ready.keys()])
  const answers = new Map([...waiting].map(([record, name]) => [record, needParent(name)]))
  for (const [record, result] of results) answers.set(ready.get(record) ?? record, result)
  return answers
}

async function applyResolved(
  ports: HostSelf,
  tx: HostTransaction,
  entity: EntityDefinition,
  context: ApplyContext,
  records: WireRecord[],
): Promise<Map<WireRecord, RecordResult>> {
  const results = new Map<WireRecord, RecordResult>()
  if (records.length === 0) return results
  const matched = await matchAll(ports, tx, entity, records, context)
  const ids: string[] = []
  for (const { localId } of matched) if (localId !== null) ids.push(localId)
  ids.push(...matched.flatMap(({ match }) => insteadOf(match) ?? []).filter((id) => !ids.includes(id)))
  ids.sort()

  // The row first, then its link, in one order everywhere: nobody can write between our read and our write (I2).
  await tx.documents.lock(entity.name, ids)
  const links = indexBy(await tx.links.lock(entity.name, ids), (link) => link.localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  const absent = [...links.values()].filter(({ localId }) => !rows.get(localId)?.present)
  const wentAlong = await goneWithParent(tx, entity, absent)

  const intended: Extract<ApplyPlan, { kind: "write" }>[] = []
  const save: Link[] = []
  const replaced: string[] = []
  /** As it is applied → as it was sent. */
  const originals = new Map<WireRecord, WireRecord>()
  const answerTo = (record: WireRecord, result: RecordResult) => results.set(originals.get(record) ?? record, result)
  for (const { record, match, localId } of matched) {
    if (match.kind === "need_full") {
      results.set(record, { st: "need_full", ack: 0, peer: null, rev: 0 })
      continue
    }
    if (match.kind === "await") {
      results.set(record, await answerAwait(tx, entity, record, match.localId))
      continue
    }
    if (match.kind === "ambiguous") {
      results.set(record, quarantineAnswer("ambiguous_match", whyNotGuessed(ports.side, record, match)))
      continue
    }
    if (match.kind === "replaced") continue
    const ours = localId === null ? null : (links.get(localId) ?? null)
    const away = localId !== null && wentAlong.has(localId) ? ours : null
    const moved = away && inOtherParent(entity, record, away, rows.get(away.localId) ?? NO_ROW)
    if (away && record.alive && !moved) {
      results.set(record, needParent(entity.parent ?? ""))
      continue
    }
    const link = moved ?? ours
    const of = match.kind === "adopt" ? match.of : undefined
    const isReplaced = of !== undefined && link !== null && link.peerId === of.id && isAlive(link)
    const isAdopted = match.kind === "adopt" && link !== null && link.peerId !== null
    if ((match.kind === "linked" && link?.peerId !== record.id) || (isAdopted && !isReplaced && !isKept(link)))
      throw new SyncError("concurrent_write", "The link has just changed.", { retryable: true })
    const known = isReplaced
      ? forReplacement(entity, ports.side, { link, of }, record)
      : {
          record: moved ? broughtBack(record) : record,
          link: isAdopted
            ? forSuccessor(entity, ports.side, link, record)
            : heardBefore(link, links.get(insteadOf(match) ?? "")),
        }
    originals.set(known.record, record)
    const plan = planApply(
      entity,
      context,
      known.record,
      known.link,
      localId,
      (localId === null ? null : rows.get(localId)) ?? NO_ROW,
    )
    if (plan.kind === "write") intended.push(plan)
    else {
      answerTo(known.record, plan.result)
      if (plan.link) save.push(plan.link)
    }
  }

  const refused = await refusedAsTaken(
    tx,
    entity,
    intended.flatMap(({ write }) => write ?? []),
  )
  const plans = intended.filter(({ write, draft: { record } }) => {
    const error = write && refused.get(write)
    if (!error) return true
    const localId = matched.find((each) => each.record.id === record.id)?.localId ?? null
    const link = localId === null ? undefined : links.get(localId)
    const pair = link?.peerId === record.id && !isTombstone(link.localId) ? link.localId : null
    answerTo(record, { ...failure(error.code, error.message), peer: pair })
    return false
  })

  const writes: DocumentWrite[] = []
  for (const { write } of plans) if (write) writes.push(write)
  const written = await tx.documents.write(entity.name, writes)
  let next = 0
  const writtenIds = plans.map(({ write, draft }) => (write && written[next++]) || draft.link.localId)
  const drafts = new Map(plans.map(({ draft }, i) => [writtenIds[i] ?? "", draft.link]))
  const after = await seeLost(tx, entity, drafts, await tx.documents.read(entity.name, writtenIds))

  const settledLinks: Link[] = []
  const conflicts: Conflict[] = []
  const journal: JournalEntry[] = []
  const shown: { localId: string; peerId: string }[] = []
  const returned = new Set<string>()
  const remade: string[] = []
  for (const [i, { write, draft }] of plans.entries()) {
    const localId = writtenIds[i] ?? ""
    const { record } = draft
    const planned = draft.link.localId
    const row = after.get(localId) ?? NO_ROW
    // Reporting it as deleted would delete the author's record too.
    if (write?.kind === "create" && !row.present)
      throw new SyncError(
        "rejected_by_host",
        `A filter in ${hostName(ports.side)} leaves it out as soon as it is made. Let the filter pass what comes from the other side, or change what the filter looks at, then edit the record once.`,
      )
    const settled = settleApply(entity, context, draft, localId, row)
    answerTo(record, settled.result)
    settledLinks.push(settled.link)
    conflicts.push(...settled.conflicts)
    journal.push(settled.journal)
    if (planned !== "" && planned !== localId) replaced.push(planned)
    if (write?.kind === "create" && planned === localId) remade.push(localId)
    if (write?.kind !== "create" && links.get(planned)?.peerId !== record.id) shown.push({ localId, peerId: record.id })
    if (record.alive && record.alive_rev > draft.seenBefore) returned.add(planned)
  }
  await tx.conflicts.add(conflicts)
  await tx.addJournal(journal)
  const isNew = ({ localId, peerId }: Link): boolean => links.get(localId)?.peerId !== peerId
  save.push(
    ...settledLinks.filter((link) => !isNew(link)),
    ...(await tellWithParent(tx, entity, settledLinks.filter(isNew))),
  )
  const ended = endedPairs(matched, links, save)
  for (const { record, match } of matched)
    if (match.kind === "replaced") results.set(record, replacedAnswer(record, ended.succeeded.includes(match.localId)))
  const dirty = [...save, ...ended.released].filter(needsPush).map(({ localId }) => localId)
  await tx.links.remove(entity.name, [...replaced, ...ended.over])
  await tx.links.save(entity.name, ended.released)
  await tx.links.save(entity.name, save)
  await tx.links.save(entity.name, ended.past)
  await followSuccessors(ports.config, tx, entity.name, ended.succeeded)
  await retellUnpaired(ports.config, tx, entity.name, ended.released)
  await tx.documents.showPeer(entity.name, shown)
  await tx.marks.add(entity.name, dirty, true)
  await noteLost(ports.config, tx, entity.name, remade)
  await followUp(ports, tx, entity, { before: links, after: save, returned })
  return results
}

/** What the new state of these links means for their parts and for those who wait for them. */
async function followUp(
  ports: HostSelf,
  tx: HostTransaction,
  entity: EntityDefinition,
  /** `returned`: the peer has just brought it back, so that it can be referred to again, and may lack its parts. */
  { before, after, returned }: { before: ReadonlyMap<string, Link>; after: Link[]; returned: ReadonlySet<string> },
): Promise<void> {
  const turned: Turned[] = []
  const reachable = new Set(returned)
  for (const link of after) {
    const old = before.get(link.localId)
    const alive = isAlive(link)
    if (alive && (!old || old.peerId === null || !isAlive(old))) reachable.add(link.localId)
    // With a rev of our own it is told: somebody here brought it back, or it lives on against the peer's delete.
    const told = alive && link.aliveRev > link.acked
    const back = alive && returned.has(link.localId)
    if (old && (isAlive(old) !== alive || back || (told && link.aliveRev > old.aliveRev)))
      turned.push({ link, told: told || (back && isAlive(old)) })
  }
  await carryParts(ports.config, ports.side, tx, entity.name, turned)
  await wakeHeldBack(ports.config, tx, entity.name, [...reachable])
  // What the peer's record holds no more.
  const freed = after.flatMap((link) => freedBetween(before.get(link.localId), link))
  await wakeWaitingFor(tx, entity, freed)
}
