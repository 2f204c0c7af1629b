import { linesOf, noLoss, noteLoss, refuseMassDelete, type Loss } from "../guard/mass-delete.ts"
import { firstRev, isAlive, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { Control } from "../control.ts"
import { NO_ROW, type HostPorts, type HostTransaction, type Mark, type HostClock, type HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { LIMITS, type Message, type WireRecord } from "../wire/messages.ts"
import { retellReferring } from "../family/changed-pairs.ts"
import { answersIn, loopsFound } from "../record/answers.ts"
import { belongsNowhere, type Captured, capture } from "../record/capture.ts"
import { envelope } from "./envelope.ts"
import { joinCircles, wantedFrom, type Circle, type Ready } from "./circles.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { noteLost, seeLost, type SeenRow } from "../record/lost.ts"
import { holdAgain } from "./hold-again.ts"
import { carryParts, remakeParts, type Turned, wakeHeldBack } from "../family/parts.ts"
import { planPush, withoutRetry } from "../record/plan-push.ts"
import { lookAround } from "../family/references.ts"
import { released, untilReleased } from "../record/release.ts"

/** A message that is ready to be sent, and the marks that it answers for. */
export interface Outgoing {
  message: Message
  marks: Mark[]
}

/**
 * Captures the leased records and builds the messages that tell the peer about them: the state as it is now, under the
 * links' locks. Marks with nothing to tell are cleared here.
 */
export async function preparePush(ports: HostPorts, marks: Mark[], control: Control): Promise<Outgoing[]> {
  return pack(ports, control, await captureLeased(ports, marks, control))
}

export async function captureLeased(ports: HostPorts, marks: Mark[], control: Control): Promise<Ready[]> {
  const lost = new Map<EntityDefinition, Mark[]>()
  const emptied = new Map<EntityDefinition, Mark[]>()
  const ready = await ports.transaction(async (tx) => {
    const out: Ready[] = []
    const losses: Loss[] = []
    lost.clear()
    emptied.clear()
    for (const entity of ports.config.entities.values()) {
      const mine = marks.filter((mark) => mark.entity === entity.name)
      if (mine.length === 0) continue
      const loss = noLoss(entity, ports)
      out.push(...(await prepareKind(ports, tx, entity, mine, { lost, emptied }, control, loss)))
      losses.push(loss)
    }
    const { paused } = control
    if (!paused?.accepted || paused.code !== "mass_delete") await refuseMassDelete(ports, tx, losses)
    await tx.addJournal(losses.flatMap((loss) => linesOf(loss, ports)))
    const strangers = marks.filter((mark) => !ports.config.entities.has(mark.entity))
    await tx.marks.clear(strangers)
    return out
  })
  for (const [entity, parts] of lost) {
    await remakeParts(
      ports,
      entity,
      parts.map(({ localId }) => localId),
    )
    await ports.transaction((tx) => tx.marks.postpone(parts, ports.now()))
  }
  for (const [entity, marks] of emptied) {
    await holdAgain(
      ports,
      entity,
      marks.map(({ localId }) => localId),
    )
    await ports.transaction((tx) => tx.marks.postpone(marks, ports.now()))
  }
  await joinCircles(ports, ready, firstRev(control.past))
  return ready
}

async function prepareKind(
  ports: HostSelf & HostClock,
  tx: HostTransaction,
  entity: EntityDefinition,
  marks: Mark[],
  { lost, emptied }: Record<"lost" | "emptied", Map<EntityDefinition, Mark[]>>,
  control: Control,
  loss: Loss,
): Promise<Ready[]> {
  const { past } = control
  const ids = marks.map((mark) => mark.localId)
  const links = indexBy(await tx.links.lock(entity.name, ids), (link) => link.localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  const automatic = marks.filter((mark) => mark.automatic).map(({ localId }) => localId)
  // A person's change that came since is read as well, and its own mark is leased later.
  const byPeople = await tx.marks.changedByPeople(entity.name, automatic)
  const around = await lookAround(tx, entity, links, rows)
  const out: Ready[] = []
  const save: Link[] = []
  const forget: string[] = []
  const quiet: Mark[] = []
  const stopped: Mark[] = []
  const turned: Turned[] = []
  const now = ports.now()
  for (const mark of marks) {
    const row: SeenRow = rows.get(mark.localId) ?? NO_ROW
    const before = links.get(mark.localId) ?? null
    if (around.restsWithParent(before, row)) {
      // Its parent finds it by its link when it is back.
      const met = before ? null : capture(entity, null, mark.localId, row, firstRev(past))
      if (met) save.push(met.link)
      quiet.push(mark)
      continue
    }
    if (before?.standing === "along" && before.state === "active" && !row.present) {
      // Its parent is back.
      lost.set(entity, [...(lost.get(entity) ?? []), mark])
      continue
    }
    if (before?.state === "active" && row.present && row.returned) {
      emptied.set(entity, [...(emptied.get(entity) ?? []), mark])
      continue
    }
    const who = byPeople.has(mark.localId) ? { automatic: false } : mark
    const captured = capture(
      entity,
      before,
      mark.localId,
      row,
      firstRev(past),
      answersIn({ side: ports.side, now }, who, before),
    )
    if (captured && captured.looping.length > 0) {
      const { conflicts, journal } = loopsFound(ports, control, captured.link, row, captured.looping)
      await tx.conflicts.add(conflicts)
      await tx.addJournal([journal])
    }
    if (before && captured?.aliveChanged) turned.push({ link: captured.link, told: isAlive(captured.link) })
    const link = captured && asAsked(ports, entity, mark, { before, captured, row })
    const plan = link && planPush(entity, link, row, around.known)
    if (link) noteLoss(loss, before, link, plan?.kind === "send")
    if (plan?.kind === "send") {
      out.push({ mark, record: plan.record, wants: wantedFrom(entity, plan) })
      if (plan.link !== before) save.push(plan.link)
      continue
    }
    if (plan?.kind === "forget") forget.push(mark.localId)
    else if (plan?.kind === "wait") save.push(plan.link)
    else if (link) {
      const kept = plan?.kind === "nothing" ? withoutRetry(link) : link
      if (kept !== before) save.push(kept)
    }
    const waits = plan?.kind === "wait" && !(plan.link.peerId === null && belongsNowhere(entity, row))
    if (waits || link?.state === "quarantined") stopped.push(mark)
    else quiet.push(mark)
  }
  await tx.links.save(entity.name, save)
  await tx.links.remove(entity.name, forget)
  await tx.marks.clear(quiet)
  await tx.marks.postpone(stopped, null)
  await carryParts(ports.config, ports.side, tx, entity.name, turned)
  const back = turned.filter(({ told }) => told).map(({ link }) => link.localId)
  await wakeHeldBack(ports.config, tx, entity.name, back)
  await noteLost(ports.config, tx, entity.name, back)
  // Its pair was given to another one meanwhile: it will be one that the peer does not know, and so are references to it.
  const alone = turned.filter(({ told, link }) => told && link.peerId === null && link.lastSyncedAt !== null)
  await retellReferring(
    ports.config,
    tx,
    entity.name,
    alone.map(({ link }) => link.localId),
  )
  return out
}

/** Whoever asks for what the record shows has it released; what is told for the first time for any other reason waits. */
function asAsked(
  { side }: Pick<HostPorts, "side">,
  entity: EntityDefinition,
  { asked }: Mark,
  { before, captured: { link }, row }: { before: Link | null; captured: Captured; row: SeenRow },
): Link {
  if (asked) return released(entity, side, link)
  return before ? link : untilReleased(entity, side, link, row.fields ?? {})
}

/** Records that go round in a circle of values stay together. */
export function pack(ports: HostSelf & HostClock, control: Control, ready: Ready[]): Outgoing[] {
  const batches: { marks: Mark[]; records: WireRecord[]; along: WireRecord[]; bytes: number }[] = []
  const units = groupBy(ready, ({ circle, record }): Circle | WireRecord => circle ?? record)
  for (const own of units.values()) {
    const records = own.map(({ record }) => record)
    const along = own[0]?.circle?.along ?? []
    const all = [...records, ...along]
    const size = (record: WireRecord): number => Buffer.byteLength(JSON.stringify(record))
    const bytes = units.size === 1 ? 0 : all.reduce((sum, record) => sum + size(record), 0)
    const marks = own.map(({ mark }) => mark)
    const last = batches.at(-1)
    const count = last ? last.records.length + last.along.length + all.length : 0
    if (last && count <= SIZES.message && last.bytes + bytes <= LIMITS.sendBytes) {
      last.marks.push(...marks)
      last.records.push(...records)
      last.along.push(...along)
      last.bytes += bytes
    } else batches.push({ marks, records, along, bytes })
  }
  return batches.map(({ marks, records, along }) => {
    // Each mark answers for the record in its place; what goes along has none, and comes behind.
    const isOwn = ({ entity, id }: WireRecord): boolean => records.some((own) => own.entity === entity && own.id === id)
    return { marks, message: envelope(ports, control, [...records, ...along.filter((each) => !isOwn(each))]) }
  })
}
