import { otherSide } from "../document/value.ts"
import type { FieldState, Link } from "../link/link.ts"
import type { Control, Conflict, HostPorts, HostRow, JournalEntry, Mark } from "../ports.ts"
import { conflictOf } from "./merge-fields.ts"

/** Milliseconds after an apply in which a change of what it brought is an automation's, where the host cannot tell. */
const QUICK = 5_000

/**
 * How many times automations have answered each other when a field changes. Directus knows who made a change. Medusa does
 * not: there only what answers an automation's value at once counts, so people are never taken for one by themselves.
 */
export function answersIn(
  { side, now }: Pick<HostPorts, "side" | "now">,
  { automatic }: Mark,
  link: Link | null,
): (before: FieldState) => number {
  const isQuick =
    link?.lastSyncedAt != null &&
    link.syncSource === otherSide(side) &&
    now().getTime() - Date.parse(link.lastSyncedAt) < QUICK
  return ({ r, h = 0 }) => {
    const isAutomatic = automatic ?? (r === 0 && h > 0 && isQuick)
    if (!isAutomatic) return 0
    // What it makes of a value of this host is no answer to the peer, but the first word to it.
    return r === 0 ? h + 1 : Math.max(h, 1)
  }
}

/** What a person finds in the inbox and the journal about fields that automations keep changing for each other. */
export function loopsFound(
  ports: HostPorts,
  { epoch, peerEpoch }: Control,
  link: Link,
  row: HostRow,
  looping: string[],
): { conflicts: Conflict[]; journal: JournalEntry } {
  const { side } = ports
  const now = ports.now()
  const syncId = ports.newId()
  const own = { [side]: epoch, [otherSide(side)]: peerEpoch ?? "" } as { medusa: string; directus: string }
  const context = { side, now, syncId, base: 0, epochs: own }
  const conflicts = looping.map((field) =>
    conflictOf(context, link, link.peerId ?? "", {
      field,
      kind: "loop",
      losingSide: side,
      losingValue: row.fields?.[field] ?? null,
      rev: link.fields[field]?.r ?? 0,
      winner: link.fields[field]?.fp ?? "",
    }),
  )
  const reason = `automations of both hosts keep answering each other: ${looping.join(", ")} is told no more. Stop one of the two, then edit the field.`
  return {
    conflicts,
    journal: {
      at: now.toISOString(),
      entity: link.entity,
      localId: link.localId,
      direction: "out",
      event: "loop",
      fields: looping,
      reason,
      syncId,
    },
  }
}
