import { capture } from "../flow/capture.ts"
import { groupBy, indexBy } from "../flow/group-by.ts"
import { seeLost } from "../flow/lost.ts"
import { matchAll } from "../flow/match-all.ts"
import { planApply } from "../flow/plan-apply.ts"
import { planPush } from "../flow/plan-push.ts"
import { resolveReferences } from "../flow/references.ts"
import { ask } from "../flow/ask-peer.ts"
import { couldBe } from "../inbox/candidates.ts"
import { firstRev } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import { NO_ROW, type HostPorts, type HostTransaction, type IdPage } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import { fitting, LIMITS, type Answer, type WireRecord } from "../wire/messages.ts"
import { kindsToWalk } from "./backfill.ts"

export type Outcome = Extract<Answer, { kind: "preview" }>["outcomes"][number]

/** What a backfill would do, without doing it. */
export interface Preview {
  /** The other side would make a new record. */
  create: number
  /** It has the record already, and would link it. */
  match: number
  /** It would write some fields of it. */
  change: number
  /** Nothing is to be done. */
  same: number
  stopped: number
  /** The first of those that a person has to decide about. */
  problems: { entity: string; localId: string; reason: string }[]
}

const PROBLEMS = 100

/**
 * Asks the peer, page by page, what it would do with each record here. Nothing is written on either side.
 *
 * @returns `null` when the peer does not answer.
 * @throws SyncError `invalid_options` when a kind is not mapped.
 */
export async function previewBackfill(ports: HostPorts, kinds?: string[]): Promise<Preview | null> {
  const preview: Preview = { create: 0, match: 0, change: 0, same: 0, stopped: 0, problems: [] }
  const walked = kindsToWalk(ports, kinds)
  for (const entity of ports.config.entities.values()) {
    if (!walked.includes(entity.name)) continue
    let after: string | null = null
    do {
      const { records, page } = await recordsToTell(ports, entity, after)
      preview.same += page.ids.length - records.length
      for (const batch of batches(records)) {
        const answer = await ask(ports, { kind: "preview", records: batch })
        if (answer?.kind !== "preview") return null
        batch.forEach((record, i) => add(preview, record, answer.outcomes[i]))
      }
      after = page.next
    } while (after !== null)
  }
  return preview
}

function add(preview: Preview, { entity, id }: WireRecord, outcome: Outcome | undefined): void {
  const { st, reason } = outcome ?? { st: "stopped" as const, reason: "The other side did not answer this record." }
  preview[st]++
  if (st === "stopped" && preview.problems.length < PROBLEMS)
    preview.problems.push({ entity, localId: id, reason: reason ?? "" })
}

async function recordsToTell(
  ports: HostPorts,
  entity: EntityDefinition,
  after: string | null,
): Promise<{ records: WireRecord[]; page: IdPage }> {
  const base = firstRev((await ports.readControl()).past)
  return ports.transaction({ own: true }, async (tx) => {
    const page = await tx.documents.page(entity.name, after, SIZES.page)
    const { ids } = page
    const links = indexBy(await tx.links.find(entity.name, ids), ({ localId }) => localId)
    const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
    const records = ids.flatMap((localId): WireRecord[] => {
      const row = rows.get(localId) ?? NO_ROW
      const captured = row.present ? capture(entity, links.get(localId) ?? null, localId, row, base) : null
      const plan = captured && planPush(entity, captured.link, row)
      return plan?.kind === "send" ? [plan.record] : []
    })
    return { records, page }
  })
}

function batches(records: WireRecord[]): WireRecord[][] {
  const found: { records: WireRecord[]; bytes: number }[] = []
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record))
    const last = found.at(-1)
    if (last && last.records.length < SIZES.message && last.bytes + bytes <= LIMITS.sendBytes) {
      last.records.push(record)
      last.bytes += bytes
    } else found.push({ records: [record], bytes })
  }
  return found.map((batch) => batch.records)
}

/** What this host would do with each of the peer's records. Reads only. */
export async function foresee(ports: HostPorts, records: WireRecord[], past: readonly string[]): Promise<Outcome[]> {
  const outcomes = new Map<WireRecord, Outcome>()
  for (const [name, group] of groupBy(records, ({ entity }) => entity)) {
    const entity = ports.config.entities.get(name)
    if (!entity) continue
    const found = await ports.transaction({ own: true }, (tx) => foreseeKind(ports, tx, entity, group, past))
    for (const [record, outcome] of found) outcomes.set(record, outcome)
  }
  return records.map((record) =>
    fitting(outcomes.get(record) ?? { st: "stopped", reason: "This kind is not mapped here." }),
  )
}

const withoutReferences = (entity: EntityDefinition, record: WireRecord): WireRecord => ({
  ...record,
  fields: Object.fromEntries(Object.entries(record.fields).filter(([name]) => fieldOf(entity, name)?.to === undefined)),
})

async function foreseeKind(
  ports: HostPorts,
  tx: HostTransaction,
  entity: EntityDefinition,
  sent: WireRecord[],
  past: readonly string[],
): Promise<Map<WireRecord, Outcome>> {
  const { ready, waiting, theirName } = await resolveReferences(tx, entity, sent)
  const outcomes = new Map<WireRecord, Outcome>()
  const fresh: WireRecord[] = []
  // What those refer to that wait would have come before them.
  const matched = await matchAll(ports, tx, entity, [...ready.keys(), ...waiting])
  const ids = matched.flatMap(({ localId }) => localId ?? [])
  const links = indexBy(await tx.links.find(entity.name, ids), ({ localId }) => localId)
  const rows = await seeLost(tx, entity, links, await tx.documents.read(entity.name, ids))
  const context = {
    side: ports.side,
    now: ports.now(),
    syncId: ports.newId(),
    epochs: { medusa: "", directus: "" },
    base: firstRev(past),
    theirName,
  }
  for (const { record, match, localId } of matched) {
    const asSent = ready.get(record) ?? record
    if (match.kind === "ambiguous") {
      outcomes.set(asSent, { st: "stopped", reason: couldBe(match.candidates) })
      continue
    }
    if (localId === null) {
      if (match.kind === "create") fresh.push(asSent)
      else outcomes.set(asSent, { st: "match" })
      continue
    }
    // What it refers to comes before it, and is not there yet: the rest of it can be compared.
    const told = ready.has(record) ? record : withoutReferences(entity, record)
    const link = links.get(localId) ?? null
    const row = rows.get(localId) ?? NO_ROW
    const plan = planApply(entity, context, told, link, localId, row)
    const changes = plan.kind === "write" && plan.write !== null
    outcomes.set(asSent, { st: changes ? "change" : link?.peerId == null ? "match" : "same" })
  }
  const documents = fresh.map(({ fields }) =>
    Object.fromEntries(Object.entries(fields).map(([name, [value]]) => [name, value])),
  )
  const refusals = await tx.documents.refusals(entity.name, documents)
  for (const [i, record] of fresh.entries()) {
    const reason = refusals[i] ?? null
    outcomes.set(record, reason === null ? { st: "create" } : { st: "stopped", reason })
  }
  return outcomes
}
