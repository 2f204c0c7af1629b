import { changeControl } from "../change-control.ts"
import { SyncError, whereFrom, type ErrorCode } from "../errors.ts"
import { firstRev, isAlive, isKept, isTombstone, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import {
  NO_ROW,
  type Conflict,
  type Control,
  type DocumentWrite,
  type HostPorts,
  type HostTransaction,
  type JournalEntry,
  type Reply,
} from "../ports.ts"
import { fitting, isConsistent, type Message, type RecordResult, type WireRecord } from "../wire/messages.ts"
import { couldBe, fewOf } from "../inbox/candidates.ts"
import { groupBy, indexBy } from "./group-by.ts"
import { inPieces, newPatience, type Patience } from "./in-pieces.ts"
import type { Match } from "./match.ts"
import { matchAll, type Matched } from "./match-all.ts"
import { buried, forgetPeersOfParts, forSuccessor, retellReferring } from "./adopt-kept.ts"
import { answerAsk } from "./answer-ask.ts"
import { otherSide, type Side } from "../document/value.ts"
import { isSilent } from "../guard/pause.ts"
import { MAX_FAILURES } from "../guard/retry.ts"
import { forgottenBeat, markRestored, meet, toldPast } from "./meet.ts"
import { carryParts, goneWithParent, tellWithParent, waitsForParent, wakeHeldBack, type Turned } from "./parts.ts"
import { alone } from "../repair/plan-repair.ts"
import { resolveReferences } from "./references.ts"
import { quarantineAnswer, type ApplyContext } from "./apply-context.ts"
import { noteLost, seeLost } from "./lost.ts"
import { planApply, type ApplyPlan } from "./plan-apply.ts"
import { refusedAsTaken, wakeWaiting } from "./taken.ts"
import { settleApply } from "./settle-apply.ts"

/**
 * Applies one message whose signature and shape were checked. Each record is applied wholly or not at all, and the
 * answer names the outcome of each; a record that fails delays no other (I8).
 */
export async function receive(ports: HostPorts, message: Message): Promise<Reply> {
  const control = await ports.readControl()
  const refuse = (code: ErrorCode, text: string): Reply => ({
    kind: "refused",
    code,
    message: text,
  })
  if (message.from.startsWith(ports.side))
    return refuse(
      "wrong_receiver",
      `This message comes from ${ports.side} and was sent to ${ports.side}. Check the configured addresses.`,
    )
  if (!message.to.startsWith(`${ports.side}:`))
    return refuse("wrong_receiver", `This message is not for ${ports.side}.`)
  if (control.paused?.code === "database_moved") return refuse("database_moved", control.paused.message)
  if (isSilent(control))
    return refuse(
      "peer_paused",
      `A person has paused the sync in ${ports.side}. Changes are kept here, and follow when it is resumed there.`,
    )
  if (message.peer_epoch === control.epoch && message.peer_beat > control.beat) {
    await markRestored(ports, control)
    return refuse("restored", `The database of ${ports.side} was restored; it compares its links first.`)
  }
  // Who does not know yet that this database was restored may ask and say hello.
  const isKnown = control.past.includes(message.peer_epoch ?? "") && message.records.length === 0
  if (message.peer_epoch !== null && message.peer_epoch !== control.epoch && !isKnown) {
    return refuse(
      "epoch_mismatch",
      `The database of ${ports.side} is another one than before (restored, cloned or new). Accept it in the sync's settings or connect the right one.`,
    )
  }
  const beat = forgottenBeat(control, message)
  if (beat !== null) {
    const text = `Older than what was heard of ${otherSide(ports.side)} before.`
    return { kind: "refused", code: "old_beat", message: text, beat }
  }
  if (!meet(control, message)) {
    return refuse(
      "epoch_mismatch",
      `This message comes from another database than the one that ${ports.side} is linked with. Accept it in the sync's settings or connect the right one.`,
    )
  }
  if (message.config !== ports.config.hash) {
    const text = "The mapping differs. Give both sides the same mapping."
    return { kind: "refused", code: "config_mismatch", message: text, mapping: ports.config.description }
  }
  const news = await changeControl(ports, (now) => meet(now, message), control)
  if (message.records.length > 0 && (control.repair ?? news?.repair))
    return refuse("restored", `${ports.side} compares its links first, because a database was restored.`)
  const results = await applyRecords(ports, message, control)
  return {
    kind: "results",
    results,
    epoch: control.epoch,
    ...(message.records.length > 0 || control.past.length === 0 ? {} : { past: toldPast(control.past) }),
    ...(message.ask ? { answer: await answerAsk(ports, message.ask, control.past) } : {}),
  }
}

async function applyRecords(ports: HostPorts, message: Message, { epoch, past }: Control): Promise<RecordResult[]> {
  const { side } = ports
  const epochs =
    side === "medusa" ? { medusa: epoch, directus: message.epoch } : { medusa: message.epoch, directus: epoch }
  const context: ApplyContext = { side, now: ports.now(), syncId: message.id, epochs, base: firstRev(past) }
  const results = new Map<WireRecord, RecordResult>()
  const usable: WireRecord[] = []
  for (const record of message.records) {
    if (!ports.config.entities.has(record.entity))
      results.set(record, failure("invalid_message", "This kind is not mapped here."))
    else if (!isConsistent(record))
      results.set(record, failure("invalid_message", "A field's rev is higher than its record's."))
    else usable.push(record)
  }
  const patience = newPatience()
  for (const [name, records] of groupBy(usable, (record) => record.entity)) {
    const entity = ports.config.entities.get(name)
    if (entity) await applyInOrder(ports, entity, context, records, results, patience)
  }
  return message.records.map((record) =>
    fitting(results.get(record) ?? failure("internal", "The record was not reached.")),
  )
}

const failure = (code: string, reason: string): RecordResult => ({
  st: "failed",
  ack: 0,
  peer: null,
  rev: 0,
  code,
  reason,
})

/**
 * A record may refer to one of its own kind in the same message, wherever that one stands in it, and want a value that
 * another one gives up: of those that were applied apart from each other, as others were refused.
 */
async function applyInOrder(
  ports: HostPorts,
  entity: EntityDefinition,
  context: ApplyContext,
  records: WireRecord[],
  results: Map<WireRecord, RecordResult>,
  patience: Patience,
): Promise<void> {
  const apply = async (some: WireRecord[]): Promise<void> => {
    const done = await ports.transaction({ own: true }, (tx) => applyChunk(ports, tx, entity, context, some))
    for (const [record, result] of done) results.set(record, result)
  }
  const refuse = async (record: WireRecord, error: unknown): Promise<void> => {
    results.set(record, await refusalOf(ports, entity, record, error))
  }
  const refersToItself = [...entity.fields.values()].some(({ to }) => to === entity.name)
  for (let left = records; left.length > 0;) {
    await inPieces(ports, left, patience, apply, refuse)
    const waiting = left.filter((record) => {
      const { st, code } = results.get(record) ?? {}
      return (refersToItself && st === "need_parent") || code === "not_unique"
    })
    left = waiting.length < left.length ? waiting : []
  }
}

/** The answer about a record that could not be applied. */
async function refusalOf(
  ports: HostPorts,
  entity: EntityDefinition,
  record: WireRecord,
  error: unknown,
): Promise<RecordResult> {
  const known = error instanceof SyncError ? error : null
  if (!known) ports.log.error(`Applying ${entity.name} ${record.id} failed: ${whereFrom(error)}`)
  const refusal = known?.retryable
    ? failure("concurrent_write", "The record was busy.")
    : failure(known?.code ?? "internal", known?.message ?? "The record could not be applied; the reason is in the log.")
  return { ...refusal, peer: await pairOf(ports, entity, record) }
}

/** Our id of a record that could not be applied, so that its sender knows the pair all the same. */
async function pairOf(ports: HostPorts, entity: EntityDefinition, record: WireRecord): Promise<string | null> {
  try {
    const [paired] = await ports.transaction({ own: true }, (tx) => tx.links.findByPeer(entity.name, [record.id]))
    return paired && !isTombstone(paired.localId) ? paired.localId : null
  } catch {
    return null
  }
}

async function answerAwait(
  tx: HostTransaction,
  entity: EntityDefinition,
  record: WireRecord,
  localId: string,
): Promise<RecordResult> {
  const [waiting] = await tx.links.lock(entity.name, [localId])
  if (waiting && waiting.promised !== record.id) await tx.links.save(entity.name, [{ ...waiting, promised: record.id }])
  if (waiting && (await waitsForParent(tx, entity, waiting)))
    return failure("ambiguous_match", `It waits for ${localId}, which has the same key and waits itself.`)
  // What it waits for may have come: its namesake waits for it.
  if (waiting?.heldBack && waiting.state === "active") await tx.marks.add(entity.name, [localId])
  if (waiting?.state !== "quarantined") return { st: "await", ack: 0, peer: localId, rev: 0 }
  // It was given up, and here its namesake comes: it is worth one more try.
  await tx.links.save(entity.name, [{ ...waiting, promised: record.id, state: "active", attempts: MAX_FAILURES - 1 }])
  await tx.marks.add(entity.name, [localId])
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

const NEED_PARENT: RecordResult = { st: "need_parent", ack: 0, peer: null, rev: 0 }

/** @returns the answers, by the record as it was sent. */
async function applyChunk(
  ports: HostPorts,
  tx: HostTransaction,
  entity: EntityDefinition,
  delivery: ApplyContext,
  sent: WireRecord[],
): Promise<Map<WireRecord, RecordResult>> {
  const { ready, waiting, theirName } = await resolveReferences(tx, entity, sent)
  const results = await applyResolved(ports, tx, entity, { ...delivery, theirName }, [...ready.keys()])
  const answers = new Map(waiting.map((record) => [record, NEED_PARENT]))
  for (const [record, result] of results) answers.set(ready.get(record) ?? record, result)
  return answers
}

async function applyResolved(
  ports: HostPorts,
  tx: HostTransaction,
  entity: EntityDefinition,
  context: ApplyContext,
  records: WireRecord[],
): Promise<Map<WireRecord, RecordResult>> {
  const results = new Map<WireRecord, RecordResult>()
  if (records.length === 0) return results
  const matched = await matchAll(ports, tx, entity, records)
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
  const succeeded: Link[] = []
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
    if (localId !== null && record.alive && wentAlong.has(localId)) {
      results.set(record, NEED_PARENT)
      continue
    }
    const link = (localId === null ? null : links.get(localId)) ?? null
    const isAdopted = match.kind === "adopt" && link !== null && link.peerId !== null
    if ((match.kind === "linked" && link?.peerId !== record.id) || (isAdopted && !isKept(link)))
      throw new SyncError("concurrent_write", "The link has just changed.", { retryable: true })
    if (isAdopted) succeeded.push(link)
    const plan = planApply(
      entity,
      context,
      record,
      isAdopted ? forSuccessor(entity, link) : heardBefore(link, links.get(insteadOf(match) ?? "")),
      localId,
      (localId === null ? null : rows.get(localId)) ?? NO_ROW,
    )
    if (plan.kind === "write") intended.push(plan)
    else {
      results.set(record, plan.result)
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
    const localId = matched.find((each) => each.record === record)?.localId ?? null
    const link = localId === null ? undefined : links.get(localId)
    const pair = link?.peerId === record.id && !isTombstone(link.localId) ? link.localId : null
    results.set(record, { ...failure(error.code, error.message), peer: pair })
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
    // Told as an end it would take the author's record along.
    if (write?.kind === "create" && !row.present)
      throw new SyncError(
        "rejected_by_host",
        `A filter in ${ports.side} leaves it out as soon as it is made. Let the filter pass what comes from the other side, or change what the filter looks at, then edit the record once.`,
      )
    const settled = settleApply(entity, context, draft, localId, row)
    results.set(record, settled.result)
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
  // One whose write was refused keeps its old pair.
  const adopted = succeeded.filter(({ localId, peerId }) =>
    save.some((link) => link.localId === localId && link.peerId !== peerId),
  )
  const isSaved = (localId: string): boolean => save.some((link) => link.localId === localId)
  const isOver = ({ record, match }: Matched): boolean =>
    match.kind === "need_full" ||
    (match.kind === "adopt" && save.some((link) => link.localId === match.localId && link.peerId === record.id))
  const over = matched.filter(isOver).flatMap(({ match }) => insteadOf(match) ?? [])
  const released = over.flatMap((id) => (isSaved(id) || isTombstone(id) ? [] : (links.get(id) ?? []))).map(alone)
  const dirty = [...save, ...released].filter(needsPush).map(({ localId }) => localId)
  await tx.links.remove(entity.name, [...replaced, ...over.filter(isTombstone)])
  await tx.links.save(entity.name, released)
  await tx.links.save(entity.name, save)
  const lost = matched.flatMap(({ match }) =>
    match.kind === "need_full" ? (links.get(match.instead ?? "") ?? []) : [],
  )
  await tx.links.save(entity.name, [...adopted, ...lost].flatMap(buried))
  const adoptedIds = adopted.map(({ localId }) => localId)
  await retellReferring(ports.config, tx, entity.name, adoptedIds)
  const parts = await forgetPeersOfParts(ports.config, tx, entity.name, adoptedIds)
  for (const [kind, before] of parts) await tx.links.save(kind, before.flatMap(buried))
  await tx.documents.showPeer(entity.name, shown)
  await tx.marks.add(entity.name, dirty)
  await noteLost(ports.config, tx, entity.name, remade)
  await followUp(ports, tx, entity, { before: links, after: save, returned })
  return results
}

/** Whose pair the record was, and is not any more. */
const insteadOf = (match: Match): string | undefined => ("instead" in match ? match.instead : undefined)

/** A pair that was told to be over and goes on with another record: what was heard of it stays old. */
const heardBefore = (link: Link | null, instead: Link | undefined): Link | null =>
  link && link.peerId === null && instead && isTombstone(instead.localId) ? { ...link, seen: instead.seen } : link

/** What the new state of these links means for their parts and for those who wait for them. */
async function followUp(
  ports: HostPorts,
  tx: HostTransaction,
  entity: EntityDefinition,
  /** `returned`: the peer has just brought it back, so that it can be referred to again, and may lack its parts. */
  { before, after, returned }: { before: ReadonlyMap<string, Link>; after: Link[]; returned: ReadonlySet<string> },
): Promise<void> {
  const turned: Turned[] = []
  let reachable = returned.size > 0
  for (const link of after) {
    const old = before.get(link.localId)
    const alive = isAlive(link)
    if (alive && (!old || old.peerId === null || !isAlive(old))) reachable = true
    // With a rev of our own it is told: somebody here brought it back, or it lives on against the peer's delete.
    const told = alive && link.aliveRev > link.acked
    const back = alive && returned.has(link.localId)
    if (old && (isAlive(old) !== alive || back || (told && link.aliveRev > old.aliveRev)))
      turned.push({ link, told: told || (back && isAlive(old)) })
  }
  await carryParts(ports.config, ports.side, tx, entity.name, turned)
  if (reachable) await wakeHeldBack(ports.config, tx, entity.name)
  if (after.some((link) => isKeyFree(entity, before.get(link.localId), link))) await wakeWaiting(tx, entity.name)
}

/** Does the peer hold this record's key no more? */
const isKeyFree = ({ matchKeys }: EntityDefinition, old: Link | undefined, link: Link): boolean =>
  old !== undefined &&
  (isAlive(old) !== isAlive(link) || matchKeys.some(({ field }) => old.fields[field]?.fp !== link.fields[field]?.fp))
