import { NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { listed } from "../document/names.ts"
import { otherSide, type Side } from "../document/value.ts"
import type { Link } from "../link/link.ts"
import type { Control } from "../control.ts"
import type { Conflict, HostRow, JournalEntry, Mark, HostClock, HostSelf } from "../ports.ts"
import { FIRST_WORD, MAX_ANSWERS, MAX_HOPS, type Chain } from "./capture.ts"
import { conflictOf } from "./conflict.ts"

/** Milliseconds after a sync in which a change of what the peer brought is an automation's, where the host cannot tell. */
const QUICK = 5_000
/** Milliseconds after a sync in which an automation answers it; a later change of its own, as an import's, is a first word. */
const CHAIN = 600_000

/**
 * How far automations have answered each other when a record changes. Directus knows who made a change. Medusa does
 * not: there what changes at once what the peer has brought counts as an answer. A person who is as quick is taken for one
 * then, which alone stops nothing: every change that Directus knows to be a person's begins anew.
 */
export function answersIn(
  { side, now }: { side: Side; now: Date },
  { automatic }: Pick<Mark, "automatic">,
  link: Link | null,
): Chain {
  const since = link?.lastSyncedAt == null ? Infinity : now.getTime() - Date.parse(link.lastSyncedAt)
  const inField: Chain["inField"] = ({ fp, r, h = 0 }) => {
    // What the peer never brought nobody can answer.
    if (!(automatic ?? (r === 0 && fp !== NULL_FINGERPRINT && since < QUICK))) return 0
    // What it makes of a value of this host is no answer to the peer, but the first word to it.
    if (r !== 0) return Math.max(h, 1)
    return since < CHAIN ? h + 1 : 1
  }
  return { inField, inRecord: automatic === false ? 0 : hopsIn(side, link, since) }
}

/** What follows at once upon the peer's record answers it, in whatever field; what follows upon an own one goes on with it. */
const hopsIn = (side: Side, link: Link | null, since: number): number => {
  if (link === null || since >= QUICK) return 0
  return link.syncSource === side ? link.hops : link.hops + 1
}

/**
 * The same inside an apply, which does not know the mark: at most as many as are still told. Who answers once more is
 * noticed when it is to be told.
 */
export function answersMeanwhile(when: { side: Side; now: Date }, link: Link | null): Chain {
  // Directus could tell by the mark: to be taken for an automation here would stop what people type.
  if (when.side === "directus") return FIRST_WORD
  const { inField, inRecord } = answersIn(when, {}, link)
  return {
    inField: (before) => Math.min(inField(before), MAX_ANSWERS),
    inRecord: Math.min(inRecord, MAX_HOPS),
  }
}

/** What a person finds in the inbox and the journal about fields that automations keep changing for each other. */
export function loopsFound(
  ports: HostSelf & HostClock,
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
  const reason = `automations of both hosts keep answering each other: ${listed(looping)} is told no more. Stop one of the two, then edit the field.`
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
