import { linesOf, noLoss, noteLoss, refuseMassDelete, type Loss } from "../guard/mass-delete.ts"
import { firstRev, isAlive, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import { NO_ROW, type Control, type HostPorts, type HostTransaction, type Mark } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { LIMITS, type Message, type WireRecord } from "../wire/messages.ts"
import { retellReferring } from "./changed-pairs.ts"
import { answersIn, loopsFound } from "./answers.ts"
import { capture } from "./capture.ts"
import { envelope } from "./envelope.ts"
import { indexBy } from "./group-by.ts"
import { noteLost, seeLost, type SeenRow } from "./lost.ts"
import { holdAgain } from "./hold-again.ts"
import { carryParts, remakeParts, type Turned, wakeHeldBack } from "./parts.ts"
import { planPush, withoutRetry } from "./plan-push.ts"
import { lookAround } from "./references.ts"

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
  const ready = await ports.transaction({ own: false }, async (tx) => {
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
    await ports.transaction({ own: true }, (tx) => tx.marks.postpone(parts, ports.now()))
  }
  for (const [entity, marks] of emptied) {
    await holdAgain(
      ports,
      entity,
      marks.map(({ localId }) => localId),
    )
    await ports.transaction({ own: true }, (tx) => tx.marks.postpone(marks, ports.now()))
  }
  return ready
}

export interface Ready {
  mark: Mark
  record: WireRecord
}

async function prepareKind(
  ports: HostPorts,
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
    const captured = capture(entity, before, mark.localId, row, firstRev(past), answersIn(now, who, before))
    if (captured && captured.looping.length > 0) {
      const { conflicts, journal } = loopsFound(ports, control, captured.link, row, captured.looping)
      await tx.conflicts.add(conflicts)
      await tx.addJournal([journal])
    }
    if (before && captured?.aliveChanged) turned.push({ link: captured.link, told: isAlive(captured.link) })
    const plan = captured && planPush(entity, captured.link, row, around.known)
    if (captured) noteLoss(loss, before, captured.link, plan?.kind === "send")
    if (plan?.kind === "send") {
      out.push({ mark, record: plan.record })
      if (plan.link !== before) save.push(plan.link)
      continue
    }
    if (plan?.kind === "forget") forget.push(mark.localId)
    else if (plan?.kind === "wait") save.push(plan.link)
    else if (captured) {
      const link = plan?.kind === "nothing" ? withoutRetry(captured.link) : captured.link
      if (link !== before) save.push(link)
    }
    if (plan?.kind === "wait" || captured?.link.state === "quarantined") stopped.push(mark)
    else quiet.push(mark)
  }
  await tx.links.save(entity.name, save)
  await tx.links.remove(entity.name, forget)
  await tx.marks.clear(quiet)
  await tx.marks.postpone(stopped, null)
  await carryParts(ports.config, ports.side, tx, entity.name, turned)
  const back = turned.filter(({ told }) => told).map(({ link }) => link.localId)
  if (back.length > 0) await wakeHeldBack(ports.config, tx, entity.name)
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

export function pack(ports: HostPorts, control: Control, ready: { mark: Mark; record: WireRecord }[]): Outgoing[] {
  const batches: { marks: Mark[]; records: WireRecord[]; bytes: number }[] = []
  for (const { mark, record } of ready) {
    const bytes = ready.length === 1 ? 0 : Buffer.byteLength(JSON.stringify(record))
    const last = batches.at(-1)
    if (last && last.records.length < SIZES.message && last.bytes + bytes <= LIMITS.sendBytes) {
      last.marks.push(mark)
      last.records.push(record)
      last.bytes += bytes
    } else batches.push({ marks: [mark], records: [record], bytes })
  }
  return batches.map(({ marks, records }) => ({ marks, message: envelope(ports, control, records) }))
}
