import { afterFailure, CLOSED, isOpen, isProbe } from "../guard/breaker.ts"
import { clockAlert } from "../guard/clock.ts"
import { isHeld, isSilent, needsPerson } from "../guard/pause.ts"
import { refuseMassDelete, type Ending } from "../guard/mass-delete.ts"
import { retryDelay } from "../guard/retry.ts"
import { firstRev, isAlive, isTombstone, type Link } from "../link/link.ts"
import { mappingDifference } from "../mapping/difference.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { Control, ControlChange, HostPorts, HostTransaction, JournalEntry, Mark, Reply } from "../ports.ts"
import { SyncError, type ErrorCode } from "../errors.ts"
import { repairLinks } from "../repair/run-repair.ts"
import { LIMITS, type Answer, type Ask, type Message, type RecordResult, type WireRecord } from "../wire/messages.ts"
import { takeReady, type Ahead, type Prepared } from "./ahead.ts"
import { answersIn, loopsFound } from "./answers.ts"
import { capture } from "./capture.ts"
import { envelope } from "./envelope.ts"
import { groupBy, indexBy } from "./group-by.ts"
import { markRestored, meet } from "./meet.ts"
import { carryParts, remakeParts, wakeHeldBack, type Turned } from "./parts.ts"
import { planPush } from "./plan-push.ts"
import { recordResult, type Recorded } from "./record-result.ts"
import { lookAround } from "./references.ts"

type Results = Extract<Reply, { kind: "results" }>

/** A message that is ready to be sent, and the marks that it answers for. */
export interface Outgoing {
  message: Message
  marks: Mark[]
}

/** Milliseconds before a record is sent again that waits for another one: a parent, or its namesake's answer. */
const WAIT = 1_000

/** How long a direction rests after the peer refused it as a whole, unless the peer says hello first. */
const REFUSED_REST = 60_000

/**
 * Captures the leased records and builds the messages that tell the peer about them: the state as it is now, under the
 * links' locks. Marks with nothing to tell are cleared here.
 */
export async function preparePush(ports: HostPorts, marks: Mark[], control: Control): Promise<Outgoing[]> {
  return pack(ports, control, await captureLeased(ports, marks, control))
}

async function captureLeased(ports: HostPorts, marks: Mark[], control: Control): Promise<Ready[]> {
  const lost = new Map<EntityDefinition, Mark[]>()
  const ready = await ports.transaction({ own: false }, async (tx) => {
    const out: Ready[] = []
    lost.clear()
    for (const entity of ports.config.entities.values()) {
      const mine = marks.filter((mark) => mark.entity === entity.name)
      if (mine.length > 0) out.push(...(await prepareKind(ports, tx, entity, mine, lost, control)))
    }
    const strangers = marks.filter((mark) => !ports.config.entities.has(mark.entity))
    if (strangers.length > 0) await tx.marks.clear(strangers)
    return out
  })
  for (const [entity, parts] of lost) {
    await remakeParts(
      ports,
      entity,
      parts.map(({ localId }) => localId),
    )
    await ports.transaction({ own: true }, (tx) => tx.marks.postpone(parts, ports.now()))
  }
  return ready
}

interface Ready {
  mark: Mark
  record: WireRecord
}

async function prepareKind(
  ports: HostPorts,
  tx: HostTransaction,
  entity: EntityDefinition,
  marks: Mark[],
  lost: Map<EntityDefinition, Mark[]>,
  control: Control,
): Promise<Ready[]> {
  const { paused, past } = control
  const ids = marks.map((mark) => mark.localId)
  const links = indexBy(await tx.links.lock(entity.name, ids), (link) => link.localId)
  const rows = await tx.documents.read(entity.name, ids)
  const around = await lookAround(tx, entity, links, rows)
  const out: Ready[] = []
  const save: Link[] = []
  const forget: string[] = []
  const quiet: Mark[] = []
  const stopped: Mark[] = []
  const turned: Turned[] = []
  const ending: Ending = { told: 0, found: 0 }
  const now = ports.now()
  for (const mark of marks) {
    const row = rows.get(mark.localId) ?? { present: false, fields: null }
    const before = links.get(mark.localId) ?? null
    if (around.restsWithParent(before, row)) {
      quiet.push(mark)
      continue
    }
    if (before?.standing === "along" && before.state === "active" && !row.present) {
      // Its parent is back.
      lost.set(entity, [...(lost.get(entity) ?? []), mark])
      continue
    }
    const captured = capture(entity, before, mark.localId, row, firstRev(past), answersIn(now, mark, before))
    if (captured && captured.looping.length > 0) {
      const { conflicts, journal } = loopsFound(ports, control, captured.link, row, captured.looping)
      await tx.conflicts.add(conflicts)
      await tx.addJournal([journal])
    }
    if (before && captured?.aliveChanged) turned.push({ link: captured.link, told: isAlive(captured.link) })
    const plan = captured && planPush(entity, captured.link, row, around.known)
    if (plan?.kind === "send") {
      out.push({ mark, record: plan.record })
      if (!plan.record.alive && plan.record.peer !== null) {
        ending.told += 1
        if (before && isAlive(before)) ending.found += 1
      }
      if (plan.link !== before) save.push(plan.link)
      continue
    }
    if (plan?.kind === "forget") forget.push(mark.localId)
    else if (plan?.kind === "wait") save.push(plan.link)
    else if (captured && captured.link !== before) save.push(captured.link)
    if (plan?.kind === "wait" || captured?.link.state === "quarantined") stopped.push(mark)
    else quiet.push(mark)
  }
  if (!paused?.accepted) await refuseMassDelete(ports, tx, entity.name, ending)
  if (save.length > 0) await tx.links.save(entity.name, save)
  if (forget.length > 0) await tx.links.remove(entity.name, forget)
  await tx.marks.clear(quiet)
  if (stopped.length > 0) await tx.marks.postpone(stopped, null)
  await carryParts(ports.config, ports.side, tx, entity.name, turned)
  if (turned.some(({ told }) => told)) await wakeHeldBack(ports.config, tx, entity.name)
  return out
}

function pack(ports: HostPorts, control: Control, ready: { mark: Mark; record: WireRecord }[]): Outgoing[] {
  const batches: { marks: Mark[]; records: WireRecord[]; bytes: number }[] = []
  for (const { mark, record } of ready) {
    const bytes = ready.length === 1 ? 0 : Buffer.byteLength(JSON.stringify(record))
    const last = batches.at(-1)
    if (last && last.records.length < LIMITS.records && last.bytes + bytes <= LIMITS.sendBytes) {
      last.marks.push(mark)
      last.records.push(record)
      last.bytes += bytes
    } else batches.push({ marks: [mark], records: [record], bytes })
  }
  return batches.map(({ marks, records }) => ({ marks, message: envelope(ports, control, records) }))
}

const failed = (record: WireRecord, code: ErrorCode, reason: string): RecordResult => ({
  st: "failed",
  ack: 0,
  peer: record.peer,
  rev: 0,
  code,
  reason,
})

/** Refusals that concern what one record holds, so the others must not wait for it (I8). */
const isAboutRecords = (code: ErrorCode): boolean => code === "too_large" || code === "invalid_message"

/** Sends one message; one that the peer refuses for a record in it is halved until that record stands alone. */
async function deliver(ports: HostPorts, outgoing: Outgoing): Promise<void> {
  const reply = await ports.transport.send(outgoing.message)
  const { records } = outgoing.message
  if (reply.kind === "refused" && isAboutRecords(reply.code) && records.length > 1) {
    const half = Math.ceil(records.length / 2)
    for (const [from, to] of [
      [0, half],
      [half, records.length],
    ] as const) {
      await deliver(ports, {
        marks: outgoing.marks.slice(from, to),
        message: { ...outgoing.message, id: ports.newId(), records: records.slice(from, to) },
      })
    }
    return
  }
  await recordReply(ports, outgoing, reply)
}

/** Writes down what the peer answered. Safe to run again or never: then the next push is answered `stale`. */
export async function recordReply(ports: HostPorts, outgoing: Outgoing, reply: Reply): Promise<void> {
  const { message, marks } = outgoing
  const now = ports.now()
  if (reply.kind === "results") {
    const control = await ports.readControl()
    const news = meet(control, reply)
    if (!news) {
      await standStill(ports, marks, "epoch_mismatch", "The other side answered from another database than before.")
      return
    }
    await ports.transaction({ own: true }, (tx) => recordResults(ports, tx, outgoing, reply.results))
    const change: ControlChange = { ...news, ...clockNews(ports, control, reply), lastSuccessAt: now.toISOString() }
    if (control.breaker.failures > 0 || control.breaker.openUntil !== null) change.breaker = CLOSED
    if (control.paused && !needsPerson(control.paused)) change.paused = null
    await ports.updateControl(change)
    return
  }
  if (reply.kind === "refused" && isAboutRecords(reply.code)) {
    const results = message.records.map((record) => failed(record, reply.code, reply.message))
    await ports.transaction({ own: true }, (tx) => recordResults(ports, tx, outgoing, results))
    return
  }
  if (reply.kind === "refused" && reply.code === "old_beat") {
    const control = await ports.readControl()
    if (control.epoch === message.epoch && (reply.beat ?? 0) > control.beat) await markRestored(ports, control)
    await ports.transaction({ own: true }, (tx) => tx.marks.postpone(marks, now))
    return
  }
  if (reply.kind === "refused") {
    const { mapping } = reply
    const text =
      mapping === undefined ? reply.message : mappingDifference(ports.side, ports.config.description, mapping)
    await standStill(ports, marks, reply.code, text)
    return
  }
  const { breaker } = await ports.readControl()
  const next = afterFailure(breaker, now, reply.retryAfter)
  if (breaker.failures === 0)
    ports.log.warn(`The other side does not answer (${reply.message}). Changes are kept and sent when it is back.`)
  await ports.transaction({ own: true }, (tx) => tx.marks.postpone(marks, now))
  await ports.updateControl({ breaker: next })
}

/** Answers tell whole seconds: a smaller difference is none. */
const SAME_CLOCK = 2_000

/** A clock that goes off is logged once. */
function clockNews(ports: HostPorts, { clockOffset: known }: Control, { clockOffset }: Results): ControlChange {
  if (clockOffset === undefined || (known !== null && Math.abs(clockOffset - known) < SAME_CLOCK)) return {}
  const alert = clockAlert(clockOffset)
  const isTold = clockAlert(known) !== null && Math.sign(known ?? 0) === Math.sign(clockOffset)
  if (alert && !isTold) ports.log.warn(alert)
  return { clockOffset }
}

/** The direction as a whole waits: for its configuration to be mended, or for a hello of the other side. */
async function standStill(ports: HostPorts, marks: Mark[], code: ErrorCode, message: string): Promise<void> {
  const now = ports.now()
  const { paused, breaker } = await ports.readControl()
  if (paused?.code !== code) ports.log.error(`Sync is paused (${code}): ${message}`)
  await ports.transaction({ own: true }, (tx) => tx.marks.postpone(marks, now))
  await ports.updateControl({
    // What a person has paused stays so when the cause of another pause is gone.
    ...(paused?.code === "by_person"
      ? {}
      : { paused: { code, message, since: paused?.code === code ? paused.since : now.toISOString() } }),
    breaker: {
      failures: breaker.failures + 1,
      openUntil: new Date(now.getTime() + REFUSED_REST).toISOString(),
    },
  })
}

async function recordResults(
  ports: HostPorts,
  tx: HostTransaction,
  outgoing: Outgoing,
  results: RecordResult[],
): Promise<void> {
  const { message, marks } = outgoing
  const now = ports.now()
  const context = { side: ports.side, now, syncId: message.id }
  const answered = message.records.map((record, i) => ({
    record,
    mark: marks[i],
    result: results[i] ?? failed(record, "peer_failed", "The other side did not answer this record."),
  }))
  const journal: JournalEntry[] = []
  for (const [entity, group] of groupBy(answered, ({ record }) => record.entity)) {
    const ids = group.map(({ record }) => record.id)
    const peers: string[] = []
    for (const { result } of group) if (result.peer !== null) peers.push(result.peer)
    const rivals = indexBy(await tx.links.findByPeer(entity, peers), (link) => link.peerId)
    const links = indexBy(await tx.links.lock(entity, ids), (link) => link.localId)
    const save: Link[] = []
    const shown: { localId: string; peerId: string }[] = []
    let news = false
    const marksOf: Record<Recorded["kind"], Mark[]> = { done: [], again: [], retry: [], stopped: [] }
    for (const { record, mark, result } of group) {
      const link = links.get(record.id)
      if (!link || !mark) {
        if (mark) marksOf.done.push(mark)
        continue
      }
      let recorded = recordResult(context, link, record, result)
      const rival = recorded.link.peerId === null ? undefined : rivals.get(recorded.link.peerId)
      if (rival && rival.localId !== link.localId) {
        if (isTombstone(rival.localId)) {
          // It was deleted before we saw it, and came back as our record's peer: its old messages stay old.
          await tx.links.remove(entity, [rival.localId])
          recorded.link.seen = Math.max(link.seen, rival.seen)
        } else
          recorded = {
            kind: "stopped",
            link: {
              ...link,
              state: "quarantined",
              reason: `pairing_conflict: ${rival.localId} is linked with the same record`,
            },
          }
      }
      save.push(recorded.link)
      // The peer has it now, or will not get it: those that refer to it wait for either.
      if (recorded.kind === "stopped" || (link.aliveRev > link.acked && recorded.link.acked >= link.aliveRev))
        news = true
      if (recorded.link.peerId !== null && link.peerId === null)
        shown.push({ localId: link.localId, peerId: recorded.link.peerId })
      if (recorded.kind === "retry")
        await tx.marks.postpone(
          [mark],
          new Date(
            now.getTime() + (recorded.link.attempts > 0 ? retryDelay(recorded.link.attempts, ports.random()) : WAIT),
          ),
        )
      else marksOf[recorded.kind].push(mark)
      journal.push({
        at: now.toISOString(),
        entity,
        localId: link.localId,
        direction: "out",
        event: recorded.kind === "done" || recorded.kind === "again" ? result.st : recorded.kind,
        fields: Object.keys(record.fields).sort(),
        reason: recorded.link.reason,
        syncId: message.id,
      })
    }
    await tx.links.save(entity, save)
    if (shown.length > 0) await tx.documents.showPeer(entity, shown)
    if (shown.length > 0 || news) await wakeHeldBack(ports.config, tx, entity)
    if (marksOf.done.length > 0) await tx.marks.clear(marksOf.done)
    if (marksOf.again.length > 0) await tx.marks.postpone(marksOf.again, now)
    if (marksOf.stopped.length > 0) await tx.marks.postpone(marksOf.stopped, null)
  }
  await tx.addJournal(journal)
}

/**
 * A message without records: "I am here". The peer stops waiting for its next probe, and a wrong secret, mapping or
 * database shows at the start and not with the first edit.
 *
 * @returns whether the peer answered.
 */
export async function sayHello(ports: HostPorts): Promise<boolean> {
  const reply = await greet(ports)
  return reply !== null && reply.kind !== "unreachable"
}

/** The same, with the peer's reply as it came; `null` while nothing may leave. */
export async function greet(ports: HostPorts): Promise<Reply | null> {
  const control = await ports.readControl()
  if (isSilent(control)) return null
  const message = envelope(ports, control, [])
  const reply = await ports.transport.send(message)
  if (reply.kind === "unreachable") return reply
  await recordReply(ports, { message, marks: [] }, reply)
  // Only what the peer has heard is raised: a database that was set back shows the old beat first.
  if (reply.kind === "results") await ports.beat()
  return reply
}

/** Asks about the peer's links. @returns `null` when it does not answer, which then counts as with any message. */
export async function ask(ports: HostPorts, question: Ask): Promise<Answer | null> {
  const control = await ports.readControl()
  if (isSilent(control) || isOpen(control.breaker, ports.now())) return null
  const message: Message = { ...envelope(ports, control, []), ask: question }
  const reply = await ports.transport.send(message)
  await recordReply(ports, { message, marks: [] }, reply)
  return (reply.kind === "results" && reply.answer) || null
}

/** `sent`: there may be more. `idle`: nothing is due. `resting`: the peer is not asked before `until`. */
export type PushOutcome = { kind: "sent"; records: number } | { kind: "idle" } | { kind: "resting"; until: Date }

/**
 * Captures what was leased last. A database that is busy now must not keep marks leased until their lease runs out.
 *
 * @param marks - all that this round has leased.
 * @returns `null` when a person has to say first that so many deletes are meant.
 */
async function captureOrGiveBack(
  ports: HostPorts,
  leased: Mark[],
  control: Control,
  marks: Mark[],
): Promise<Ready[] | null> {
  try {
    return await captureLeased(ports, leased, control)
  } catch (error) {
    if (error instanceof SyncError && error.code === "mass_delete") {
      await standStill(ports, marks, error.code, error.message)
      return null
    }
    await ports
      .transaction({ own: true }, (tx) => tx.marks.putBack(marks, new Date(ports.now().getTime() + WAIT)))
      .catch(() => undefined)
    throw error
  }
}

const WHO: Record<NonNullable<Control["repair"]>, string> = {
  restored: "This database was",
  peer_restored: "The other side's database was",
  both_restored: "The databases of both sides were",
}

/** After a restore: what each side has of the other is compared before anything is sent or taken. */
async function repairFirst(ports: HostPorts, why: NonNullable<Control["repair"]>): Promise<boolean> {
  const report = await repairLinks(ports)
  if (!report) return false
  await ports.updateControl({ repair: null })
  ports.log.warn(
    `${WHO[why]} restored from a backup: ${String(report.repaired)} records were put right, and what was lost is sent again.`,
  )
  return true
}

/** Leases at most for one message: a walk through a catalogue that the peer has already finds little to tell. */
const LEASES = 5

/** Fills a message, as far as there are marks for it. */
async function prepareNext(ports: HostPorts, control: Control, woken: boolean): Promise<Prepared> {
  const at = ports.now()
  const marks: Mark[] = []
  const ready: Ready[] = []
  const room = isProbe(control.breaker) ? 1 : LIMITS.records
  let isLast = false
  for (let n = 0; n < LEASES && !isLast && ready.length < room; n++) {
    const wanted = room - ready.length
    const leased = await ports.lease(wanted, woken)
    isLast = leased.length < wanted || room === 1
    marks.push(...leased)
    const captured = leased.length > 0 ? await captureOrGiveBack(ports, leased, control, marks) : []
    if (captured === null) return { marks, control, at, isLast: true, messages: [] }
    ready.push(...captured)
  }
  return { marks, control, at, isLast, messages: pack(ports, control, ready) }
}

/** Sends the last message of a full lease; while the peer applies it, the next records are made ready. */
async function deliverLast(ports: HostPorts, outgoing: Outgoing, control: Control, ahead: Ahead): Promise<void> {
  const delivered = deliver(ports, outgoing)
  const [next] = await Promise.allSettled([prepareNext(ports, control, false), delivered])
  if (next.status === "fulfilled" && next.value.marks.length > 0) ahead.prepared = next.value
  await delivered
  if (next.status === "rejected") throw next.reason
}

/**
 * One round of the sender. Several processes may run it at the same time.
 *
 * @param woken - an event said that something is complete; see `HostPorts.lease`.
 * @param ahead - whoever gives it sends what is in it in the next round, or gives it back.
 */
export async function pushOnce(ports: HostPorts, woken = true, ahead: Ahead | null = null): Promise<PushOutcome> {
  const control = await ports.readControl()
  const { breaker } = control
  const ready = await takeReady(ports, control, ahead)
  const rest = (): PushOutcome => ({ kind: "resting", until: new Date(ports.now().getTime() + REFUSED_REST) })
  if (isHeld(control)) return rest()
  if (isOpen(breaker, ports.now())) return { kind: "resting", until: new Date(breaker.openUntil ?? 0) }
  if (control.repair) {
    const until = new Date(ports.now().getTime() + WAIT)
    return (await repairFirst(ports, control.repair)) ? { kind: "sent", records: 0 } : { kind: "resting", until }
  }
  const { marks, messages, isLast } = ready ?? (await prepareNext(ports, control, woken))
  if (marks.length === 0) {
    if (control.paused?.accepted) await ports.updateControl({ paused: null })
    return { kind: "idle" }
  }
  for (const [i, outgoing] of messages.entries()) {
    if (ahead && !isLast && i === messages.length - 1) await deliverLast(ports, outgoing, control, ahead)
    else await deliver(ports, outgoing)
  }
  return { kind: "sent", records: marks.length }
}
