import { NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isAlive, needsPush, type Link } from "../link/link.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostRow } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"
import { keyFromText, keyText, matchKeyOf } from "./match-key.ts"

export type PushPlan =
  | { kind: "send"; record: WireRecord; link: Link }
  | { kind: "nothing" }
  /** It came and went before the peer was told: nobody needs the link. */
  | { kind: "forget" }

/** What the peer must be told about a record that was just captured: always its state now, never a queued payload. */
export function planPush(entity: EntityDefinition, link: Link, row: HostRow): PushPlan {
  if (link.peerId === null && link.announced === null && !isAlive(link)) return { kind: "forget" }
  if (link.state !== "active" || !needsPush(link)) return { kind: "nothing" }
  const document = row.fields ?? link.snapshot ?? {}
  const full = link.peerId === null
  const alive = isAlive(link)
  const fields: WireRecord["fields"] = {}
  if (alive) {
    for (const [name, { fp, r }] of Object.entries(link.fields)) {
      if (r > link.acked || (full && fp !== NULL_FINGERPRINT)) fields[name] = [document[name] ?? null, r]
    }
  }
  // Under one key until the peer answers: a record that is announced twice under two keys could be made twice (I4).
  const key = full ? (link.announced === null ? matchKeyOf(entity, document) : keyFromText(link.announced)) : null
  return {
    kind: "send",
    link: full || !alive ? { ...(alive ? link : withheld(link)), announced: full ? keyText(key) : null } : link,
    record: {
      entity: link.entity,
      id: link.localId,
      peer: link.peerId,
      key,
      rev: link.rev,
      seen: link.seen,
      full,
      hops: link.hops,
      alive,
      alive_rev: link.aliveRev,
      fields,
    },
  }
}

/** A delete is told without the edits that were still waiting: they get a rev that its ack does not cover. */
function withheld(link: Link): Link {
  const waiting = Object.entries(link.fields).filter(([, { r }]) => r > link.acked)
  if (waiting.length === 0) return link
  const rev = link.rev + 1
  return {
    ...link,
    rev,
    fields: { ...link.fields, ...Object.fromEntries(waiting.map(([name, { fp }]) => [name, { fp, r: rev }])) },
  }
}
