import { changeControl } from "../change-control.ts"
import { hostName, otherSide } from "../document/value.ts"
import { scopeOf, SyncError, whereFrom, type ErrorCode } from "../errors.ts"
import { isSilent } from "../guard/pause.ts"
import { firstRev, isTombstone } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { Control } from "../control.ts"
import type { HostPorts, Reply, HostDatabase, HostVoice } from "../ports.ts"
import { fitting, isConsistent, type Message, type RecordResult, type WireRecord } from "../wire/messages.ts"
import { answerAsk } from "./answer-ask.ts"
import { applyChunk } from "../apply/apply-chunk.ts"
import { failure, type ApplyContext } from "../apply/apply-context.ts"
import { groupBy } from "../group-by.ts"
import { rivalsIn } from "../apply/match-all.ts"
import { inPieces, newPatience, type Patience } from "../in-pieces.ts"
import { forgottenBeat, markRestored, meet, toldPast } from "../guard/meet.ts"

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
      `This message comes from ${hostName(ports.side)} and was sent to ${hostName(ports.side)}. Check the configured addresses.`,
    )
  if (!message.to.startsWith(`${ports.side}:`))
    return refuse("wrong_receiver", `This message is not for ${hostName(ports.side)}.`)
  if (control.paused?.code === "database_moved") return refuse("database_moved", control.paused.message)
  if (isSilent(control))
    return refuse(
      "peer_paused",
      `A person has paused the sync in ${hostName(ports.side)}. Changes are kept here, and follow when it is resumed there.`,
    )
  if (message.peer_epoch === control.epoch && message.peer_beat > control.beat) {
    await markRestored(ports, control)
    return refuse("restored", `The database of ${hostName(ports.side)} was restored; it compares its links first.`)
  }
  // Who does not know yet that this database was restored may ask and say hello.
  const isKnown = control.past.includes(message.peer_epoch ?? "") && message.records.length === 0
  if (message.peer_epoch !== null && message.peer_epoch !== control.epoch && !isKnown) {
    return refuse(
      "epoch_mismatch",
      `The database of ${hostName(ports.side)} is another one than before (restored, cloned or new). Accept it in the sync's settings or connect the right one.`,
    )
  }
  const beat = forgottenBeat(control, message)
  if (beat !== null) {
    const text = `This message is older than the last one from ${hostName(otherSide(ports.side))}. Was its database restored?`
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
  const delivery = { ...context, rivals: rivalsIn(records) }
  const apply = async (some: WireRecord[]): Promise<void> => {
    const done = await ports.transaction((tx) => applyChunk(ports, tx, entity, delivery, some))
    for (const [record, result] of done) results.set(record, result)
  }
  const outages = new Set<string>()
  const refuse = async (record: WireRecord, error: unknown): Promise<void> => {
    if (scopeOf(error) === "kind") outages.add(`No ${entity.name} can be applied: ${whereFrom(error)}`)
    results.set(record, await refusalOf(ports, entity, record, error))
  }
  const refersToItself = [...entity.fields.values()].some(({ to }) => to === entity.name)
  for (let left = records; left.length > 0;) {
    await inPieces(ports, left, patience, apply, refuse)
    for (const text of outages) ports.log.error(text)
    outages.clear()
    const waiting = left.filter((record) => {
      const { st, code } = results.get(record) ?? {}
      return (refersToItself && st === "need_parent") || code === "not_unique"
    })
    left = waiting.length < left.length ? waiting : []
  }
}

/** The answer about a record that could not be applied. */
async function refusalOf(
  ports: HostDatabase & HostVoice,
  entity: EntityDefinition,
  record: WireRecord,
  error: unknown,
): Promise<RecordResult> {
  const known = error instanceof SyncError ? error : null
  // All of the kind wait for it: said once for each, it would drown the log, and asked about, it would fail as often.
  if (known?.scope === "kind") return failure("concurrent_write", known.message)
  if (!known) ports.log.error(`Applying ${entity.name} ${record.id} failed: ${whereFrom(error)}`)
  const refusal = known?.retryable
    ? failure("concurrent_write", "The record was busy.")
    : failure(known?.code ?? "internal", known?.message ?? "The record could not be applied; the reason is in the log.")
  return { ...refusal, peer: await pairOf(ports, entity, record) }
}

/** Our id of a record that could not be applied, so that its sender knows the pair all the same. */
async function pairOf(ports: HostDatabase, entity: EntityDefinition, record: WireRecord): Promise<string | null> {
  try {
    const [paired] = await ports.transaction((tx) => tx.links.findByPeer(entity.name, [record.id]))
    return paired && !isTombstone(paired.localId) ? paired.localId : null
  } catch {
    return null
  }
}
