import { changeControl } from "../change-control.ts"
import { setOf } from "../document/names.ts"
import { SyncError, type ErrorCode } from "../errors.ts"
import { afterFailure, CLOSED } from "../guard/breaker.ts"
import { clockAlert } from "../guard/clock.ts"
import { needsPerson } from "../guard/pause.ts"
import { nextTry, retryDelay } from "../retry.ts"
import { generateSyncMetadata } from "../link/sync-metadata.ts"
import { isAway, hasArrived, alone, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { mappingDifference } from "../mapping/difference.ts"
import type { Control, ControlChange } from "../control.ts"
import type {
  HostPorts,
  HostTransaction,
  JournalEntry,
  Mark,
  Reply,
  HostClock,
  HostDatabase,
  HostSelf,
  HostVoice,
} from "../ports.ts"
import type { RecordResult, WireRecord } from "../wire/messages.ts"
import { againstRival, buried, buryParts, retellUnpaired } from "../family/changed-pairs.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { inPieces, newPatience } from "../in-pieces.ts"
import { markRestored, meet } from "../guard/meet.ts"
import { wakeHeldBack } from "../family/parts.ts"
import type { Outgoing } from "./prepare-push.ts"
import { isTaken, type Recorded, recordResult, type Refused, stop } from "./record-result.ts"
import { hasRefused, refusedAmong, waitsForValue, wakeWaiting, wakeWaitingFor } from "../record/taken.ts"
import { tellUntold } from "../family/untold.ts"

/** Milliseconds before a record is sent again that waits for another one: a parent, or its namesake's answer. */
export const WAIT = 1_000

/** How long a direction rests after the peer refused it as a whole, unless the peer says hello first. */
export const REFUSED_REST = 60_000

type Results = Extract<Reply, { kind: "results" }>

const failed = (record: WireRecord, code: ErrorCode, reason: string): RecordResult => ({
  st: "failed",
  ack: 0,
  peer: record.peer,
  rev: 0,
  code,
  reason,
})

/** Refusals that concern what one record holds, so the others must not wait for it (I8). */
export const isAboutRecords = (code: ErrorCode): boolean => code === "too_large" || code === "invalid_message"

/** Writes down what the peer answered. Safe to run again or never: then the next push is answered `stale`. */
export async function recordReply(ports: HostPorts, outgoing: Outgoing, reply: Reply): Promise<void> {
  const { message, marks } = outgoing
  const now = ports.now()
  if (reply.kind === "results") {
    const control = await ports.readControl()
    if (!meet(control, reply)) {
      await standStill(ports, marks, "epoch_mismatch", "The other side answered from another database than before.")
      return
    }
    await writeDown(ports, outgoing, reply.results)
    const clock = clockNews(ports, control, reply)
    const plan = (seen: Control): ControlChange => ({
      ...meet(seen, reply),
      ...clock,
      lastSuccessAt: now.toISOString(),
      breaker: CLOSED,
      ...(seen.paused && !needsPerson(seen.paused) ? { paused: null } : {}),
    })
    await changeControl(ports, plan, control)
    return
  }
  if (reply.kind === "refused" && isAboutRecords(reply.code)) {
    const results = message.records.map((record) => failed(record, reply.code, reply.message))
    await writeDown(ports, outgoing, results)
    return
  }
  if (reply.kind === "refused" && reply.code === "old_beat") {
    const control = await ports.readControl()
    if (control.epoch === message.epoch && (reply.beat ?? 0) > control.beat) await markRestored(ports, control)
    await ports.transaction((tx) => tx.marks.postpone(marks, now))
    return
  }
  if (reply.kind === "refused") {
    const { mapping } = reply
    const text =
      mapping === undefined ? reply.message : mappingDifference(ports.side, ports.config.description, mapping)
    await standStill(ports, marks, reply.code, text)
    return
  }
  const control = await ports.readControl()
  if (control.breaker.failures === 0)
    ports.log.warn(`The other side does not answer (${reply.message}). Changes are kept and sent when it is back.`)
  await ports.transaction((tx) => tx.marks.postpone(marks, now))
  await changeControl(ports, ({ breaker }) => ({ breaker: afterFailure(breaker, now, reply.retryAfter) }), control)
}

/** Answers tell whole seconds: a smaller difference is none. */
const SAME_CLOCK = 2_000

/** A clock that goes off is logged once. */
function clockNews(ports: HostVoice, { clockOffset: known }: Control, { clockOffset }: Results): ControlChange {
  if (clockOffset === undefined || (known !== null && Math.abs(clockOffset - known) < SAME_CLOCK)) return {}
  const alert = clockAlert(clockOffset)
  const isTold = clockAlert(known) !== null && Math.sign(known ?? 0) === Math.sign(clockOffset)
  if (alert && !isTold) ports.log.warn(alert)
  return { clockOffset }
}

/** The direction as a whole waits: for its configuration to be mended, or for a hello of the other side. */
export async function standStill(ports: HostPorts, marks: Mark[], code: ErrorCode, message: string): Promise<void> {
  const now = ports.now()
  const control = await ports.readControl()
  if (control.paused?.code !== code) ports.log.error(`Sync is paused (${code}): ${message}`)
  await ports.transaction((tx) => tx.marks.postpone(marks, now))
  const plan = ({ paused, breaker }: Control): ControlChange => ({
    // What a person has paused stays so when the cause of another pause is gone.
    ...(paused?.code === "by_person"
      ? {}
      : { paused: { code, message, since: paused?.code === code ? paused.since : now.toISOString() } }),
    breaker: {
      failures: breaker.failures + 1,
      openUntil: new Date(now.getTime() + REFUSED_REST).toISOString(),
    },
  })
  await changeControl(ports, plan, control)
}

/** The fields of which the peer may hold another value now, or none. */
const toldFields = ({ fields: known }: Link, { alive, fields }: WireRecord): string[] =>
  Object.keys(alive ? fields : known).map(setOf)

/** The fields whose values the peer refuses, by this answer and by those before. */
function refusedOf(
  entity: EntityDefinition,
  link: Link,
  { fields }: WireRecord,
  { code, reason }: RecordResult,
): Refused {
  const names = [...new Set([...Object.keys(link.fields), ...Object.keys(fields)])]
  const before = hasRefused(link) || !code ? refusedAmong(entity, link.reason, names) : []
  const now = code ? refusedAmong(entity, `${code}: ${reason ?? ""}`, names) : []
  return { now, all: [...before, ...now] }
}

interface Answered {
  record: WireRecord
  mark: Mark | undefined
  result: RecordResult
}

/** Those whose row gets its peer shown, by their ids. */
const gettingPeer = (answered: Answered[]): string[] =>
  answered
    .filter(({ record, result }) => result.peer !== null && result.peer !== record.peer)
    .map(({ record }) => record.id)
    .sort()

/** What was heard of its peer before stays old. */
const heardToo = (recorded: Recorded, { seen }: Link): Recorded => ({
  ...recorded,
  link: { ...recorded.link, seen: Math.max(recorded.link.seen, seen) },
})

/** A row that somebody holds keeps its own record's answer from being written down, and no other: it is told again. */
async function writeDown(
  ports: HostSelf & HostDatabase & HostClock,
  { message, marks }: Outgoing,
  results: RecordResult[],
): Promise<void> {
  const answered = message.records.map((record, i): Answered => ({
    record,
    mark: marks[i],
    result: results[i] ?? failed(record, "peer_failed", "The other side did not answer this record."),
  }))
  const write = (some: Answered[]) => ports.transaction((tx) => recordResults(ports, tx, message.id, some))
  const giveBack = async ({ mark }: Answered, error: unknown): Promise<void> => {
    if (!(error instanceof SyncError && error.retryable && error.scope === "record")) throw error
    const at = new Date(ports.now().getTime() + WAIT)
    if (mark) await ports.transaction((tx) => tx.marks.postpone([mark], at))
  }
  await inPieces(ports, answered, newPatience(), write, giveBack)
}

async function recordResults(
  ports: HostSelf & HostClock,
  tx: HostTransaction,
  syncId: string,
  answered: Answered[],
): Promise<void> {
  const now = ports.now()
  const context = { side: ports.side, now, syncId }
  const journal: JournalEntry[] = []
  const groups = groupBy(answered, ({ record }) => record.entity)
  // The rows first, as an apply does, and of all kinds: what is written down of one kind locks links of others.
  for (const [entity, group] of groups) await tx.documents.lock(entity, gettingPeer(group))
  for (const [entity, group] of groups) {
    const ids = group.map(({ record }) => record.id)
    const peers: string[] = []
    for (const { result } of group) if (result.peer !== null) peers.push(result.peer)
    const rivals = indexBy(await tx.links.findByPeer(entity, peers), (link) => link.peerId)
    const links = indexBy(await tx.links.lock(entity, ids), (link) => link.localId)
    const save: Link[] = []
    const released: string[] = []
    const past: Link[] = []
    const shown: { localId: string; peerId: string }[] = []
    const kind = ports.config.entities.get(entity)
    const news: string[] = []
    let wanted = false
    /** Fields of which the peer has another value now. */
    const freed: string[] = []
    const marksOf: Record<Recorded["kind"], Mark[]> = { done: [], again: [], retry: [], stopped: [] }
    for (const { record, mark, result } of group) {
      const link = links.get(record.id)
      // What went along because of another one, and was refused, is tried again as its own mark says.
      if (!link || (!mark && !isTaken(result))) {
        if (mark) marksOf.done.push(mark)
        continue
      }
      let recorded = recordResult(
        context,
        link,
        record,
        result,
        kind ? refusedOf(kind, link, record, result) : undefined,
      )
      const { peerId } = recorded.link
      const isReleased = peerId === null || released.includes(link.localId)
      const rival = isReleased ? undefined : (save.find((each) => each.peerId === peerId) ?? rivals.get(peerId))
      if (rival && peerId !== null && rival.localId !== link.localId) {
        switch (againstRival(link, rival, peerId, result.rev)) {
          case "buried":
            await tx.links.remove(entity, [rival.localId])
            recorded = heardToo(recorded, rival)
            break
          case "takes":
            released.push(rival.localId)
            recorded = heardToo(recorded, rival)
            break
          case "yields":
            // It counts on if it comes back.
            recorded = { kind: "again", link: { ...alone(link), ...generateSyncMetadata(ports.side, now, syncId) } }
            break
          case "waits":
            recorded = { kind: "retry", link }
            break
          case "both":
            recorded = stop(link, `pairing_conflict: ${rival.localId} is linked with the same record`)
        }
      }
      save.push(recorded.link)
      // A copy of what its peer has told before may still be under way.
      if (recorded.link.peerId === null && link.peerId !== null) past.push(...buried(link))
      const isWaiting = waitsForValue(recorded.link)
      // The first time, and not again and again between two that each wait for the other's news.
      if (isWaiting && link.reason === null) wanted = true
      if (recorded.link.acked > link.acked) freed.push(...toldFields(link, record))
      // The peer has it now, or will not get it: those that refer to it wait for either.
      const isRefused = recorded.kind === "stopped" && recorded.link.state === "quarantined"
      if (isRefused || hasArrived(link, recorded.link)) news.push(link.localId)
      if (recorded.link.peerId !== null && link.peerId === null)
        shown.push({ localId: link.localId, peerId: recorded.link.peerId })
      const { attempts } = recorded.link
      if (!mark) await tx.marks.add(entity, [link.localId])
      else if (recorded.kind === "retry")
        await tx.marks.postpone(
          [mark],
          isWaiting
            ? nextTry(attempts, now)
            : new Date(now.getTime() + (attempts > 0 ? retryDelay(attempts, ports.random()) : WAIT)),
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
        syncId,
      })
    }
    const inMessage = new Map(save.map((each) => [each.localId, each]))
    const gone = released.length > 0 ? await tx.links.lock(entity, released) : []
    const free = gone.map((each) => alone(inMessage.get(each.localId) ?? each))
    await tx.links.save(entity, free)
    await buryParts(ports.config, tx, entity, released, isAway)
    await tx.links.save(
      entity,
      save.filter(({ localId }) => !released.includes(localId)),
    )
    await tx.links.save(entity, past)
    const unpaired = save.filter(({ localId }) => (links.get(localId)?.peerId ?? null) !== null)
    await retellUnpaired(ports.config, tx, entity, [...unpaired, ...free])
    await tx.documents.showPeer(entity, shown)
    await wakeHeldBack(ports.config, tx, entity, [...news, ...shown.map(({ localId }) => localId)])
    await tx.marks.clear(marksOf.done)
    await tx.marks.postpone(marksOf.again, now)
    await tx.marks.postpone(marksOf.stopped, null)
    const lacking = group.flatMap(({ record, result }) => (result.st === "need_parent" ? record : []))
    if (kind) await tellUntold(ports.config, tx, kind, lacking)
    if (wanted) await wakeWaiting(tx, entity, { besides: ids })
    else if (kind) await wakeWaitingFor(tx, kind, freed, ids)
  }
  await tx.addJournal(journal)
}
