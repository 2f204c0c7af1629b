import { otherSide, type CanonicalValue } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { ask } from "../send/ask-peer.ts"
import { isOpen } from "../guard/breaker.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict, HostPorts, HostTransaction, HostClock, HostDatabase, HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { refuseIfEmptied, typedValue } from "./typed-value.ts"

/** What a person decides: the value stays, the one that lost takes its place, or another one does. */
export type Decision = { kind: "keep" } | { kind: "take" } | { kind: "edit"; value: CanonicalValue }

const DECIDED: Record<Decision["kind"], string> = {
  keep: "the value was kept",
  take: "the value that had lost was taken",
  edit: "another value was given",
}

/**
 * Ends a conflict of this host's inbox. A value that takes the other's place is an edit like any: it is written here and
 * told to the peer. The peer's row of the same conflict ends with the next {@link tellResolved}.
 *
 * @param by - who decided, for the journal.
 * @throws SyncError `not_found`, `already_decided`, `invalid_options` when the value cannot be written here, or what the
 *   host refuses.
 */
export async function resolveConflict(
  ports: HostSelf & HostDatabase & HostClock,
  id: string,
  decision: Decision,
  by: string | null = null,
): Promise<void> {
  await ports.transaction(async (tx) => {
    const [conflict] = await tx.conflicts.lock([id])
    if (!conflict) throw new SyncError("not_found", `There is no conflict ${id} in the inbox.`)
    if (conflict.resolvedAt !== null)
      throw new SyncError(
        "already_decided",
        `It was decided at ${conflict.resolvedAt}. Edit the record if another value is wanted.`,
      )
    if (decision.kind !== "keep") await write(ports, tx, conflict, decision)
    const at = ports.now().toISOString()
    await tx.conflicts.resolve([id], at)
    await tx.addJournal([
      {
        at,
        entity: conflict.entity,
        localId: conflict.localId,
        direction: "out",
        event: "resolved",
        fields: [conflict.field],
        reason: DECIDED[decision.kind] + (by === null ? "" : ` by ${by}`),
        syncId: ports.newId(),
      },
    ])
  })
}

async function write(
  ports: HostSelf,
  tx: HostTransaction,
  conflict: Conflict,
  decision: Exclude<Decision, { kind: "keep" }>,
): Promise<void> {
  const { entity: kind, localId, field: name } = conflict
  const entity = ports.config.entities.get(kind)
  const field = entity && fieldOf(entity, name)
  if (!field)
    throw new SyncError("invalid_options", `${kind}.${name} is not mapped any more. Keep the value that is there.`)
  refuseIfReadOnly(ports, entity, name)
  const value = decision.kind === "take" ? conflict.losingValue : typedValue(field, name, decision.value)
  refuseIfEmptied(field, name, value)
  await tx.documents.lock(kind, [localId])
  const row = (await tx.documents.read(kind, [localId])).get(localId)
  if (!row?.present)
    throw new SyncError("invalid_options", `The ${kind} ${localId} is gone. Bring it back first, or keep the value.`)
  const [link] = await tx.links.find(kind, [localId])
  const peerId = link?.peerId ?? conflict.peerId
  await tx.documents.write(kind, [
    { kind: "update", localId, peerId, fields: { [name]: value }, current: row.fields ?? {} },
  ])
  await tx.marks.add(kind, [localId])
}

function refuseIfReadOnly(ports: HostSelf, entity: EntityDefinition, name: string): void {
  const field = fieldOf(entity, name)
  if (!field || field[ports.side] === null || !mayReceive(field, otherSide(ports.side)))
    throw new SyncError(
      "invalid_options",
      `${entity.name}.${name} can only be changed in ${otherSide(ports.side)}. Decide about it there, or keep the value.`,
    )
}

/** Tells the peer which conflicts have been decided here, so that its inbox shows them no longer. */
export async function tellResolved(ports: HostPorts): Promise<void> {
  for (;;) {
    // A peer that is away is told by the sender when it is back.
    if (isOpen((await ports.readControl()).breaker, ports.now())) return
    const ids = await ports.transaction(({ conflicts }) => conflicts.untold(SIZES.page))
    if (ids.length === 0) return
    const answer = await ask(ports, { kind: "resolved", ids })
    if (answer?.kind !== "resolved") return
    await ports.transaction(({ conflicts }) => conflicts.told(ids))
  }
}
