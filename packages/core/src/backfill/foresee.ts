import { forSuccessor } from "../apply/ended-pairs.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { seeLost } from "../record/lost.ts"
import { matchAll, rivalsIn } from "../apply/match-all.ts"
import { planApply, type Draft } from "../apply/plan-apply.ts"
import { foreseenName, resolveReferences, type Foreseen } from "../family/references.ts"
import { turnsShown, wouldShow } from "../record/release.ts"
import { couldBe } from "../apply/candidates.ts"
import { describeRecords } from "../inbox/describe-records.ts"
import { excerpt } from "../inbox/tell-states.ts"
import { isMember, memberOf, setOf } from "../document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../document/value.ts"
import { firstRev } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import {
  NO_ROW,
  type HostRow,
  type HostTransaction,
  type HostClock,
  type HostDatabase,
  type HostPorts,
  type HostSelf,
} from "../ports.ts"
import { fitting, type Answer, type Ask, type WireRecord } from "../wire/messages.ts"
import { channelsOf } from "./brought.ts"
import { countLost, referredBy, sampleOf, type Lost } from "./losses.ts"

type Told = Extract<Answer, { kind: "preview" }>
type Question = Pick<Extract<Ask, { kind: "preview" }>, "records" | "pairs">

/** One value that loses, with the one that stands in its place. */
interface Losing extends Lost {
  record: WireRecord
  entity: EntityDefinition
  winner: CanonicalValue
}

interface Foresight {
  outcome: Told["outcomes"][number]
  losing: Losing[]
}

/** What stands for a record that this host would make. */
const NEW = "new:"

/** What this host would do with each of the peer's records, and which values would lose. Reads only. */
export async function foresee(
  ports: HostSelf & HostDatabase & HostClock & Pick<HostPorts, "shop">,
  { records, pairs = [] }: Question,
  past: readonly string[],
): Promise<Told> {
  const foreseen: Foreseen = new Map(
    pairs.map(({ entity, id, peer }) => [foreseenName(entity, id), peer ?? `${NEW}${id}`]),
  )
  const found = new Map<WireRecord, Foresight>()
  for (const [name, group] of groupBy(records, ({ entity }) => entity)) {
    const entity = ports.config.entities.get(name)
    if (!entity) continue
    const kind = await ports.transaction((tx) =>
      foreseeKind(ports, tx, entity, group, { past, foreseen, taken: takenBefore(entity, group, pairs) }),
    )
    for (const [record, foresight] of kind) found.set(record, foresight)
  }
  const outcomes = records.map((record) =>
    fitting(found.get(record)?.outcome ?? { st: "stopped" as const, reason: "This kind is not mapped here." }),
  )
  const losing = records.flatMap((record) => found.get(record)?.losing ?? [])
  return {
    kind: "preview",
    outcomes,
    sample: await sampleLosing(ports, { records, pairs }, losing),
    channels: outcomes.some(({ shown }) => shown) ? await channelsOf(ports) : [],
  }
}

async function foreseeKind(
  ports: HostSelf & HostClock,
  tx: HostTransaction,
  entity: EntityDefinition,
  sent: WireRecord[],
  { past, foreseen, taken }: { past: readonly string[]; foreseen: Foreseen; taken: string[] },
): Promise<Map<WireRecord, Foresight>> {
  const { ready: resolved, waiting, theirName } = await resolveReferences(tx, entity, sent, foreseen)
  // A part of a record that is made has no namesake among its parts.
  const ready = new Map(
    [...resolved].map(([record, of]) => [isPartOfNew(record) ? { ...record, key: null } : record, of]),
  )
  const found = new Map<WireRecord, Foresight>()
  const note = (record: WireRecord, outcome: Foresight["outcome"], losing: Losing[] = []): void =>
    void found.set(ready.get(record) ?? record, { outcome, losing })
  for (const record of waiting.keys())
    note(record, {
      st: "stopped",
      reason: "need_parent: a record that it refers to is not there, and does not come before it.",
    })
  const matched = await matchAll(ports, tx, entity, [...ready.keys()], { rivals: rivalsIn(sent), taken })
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
  const fresh: WireRecord[] = []
  for (const { record, match, localId } of matched) {
    if (match.kind === "ambiguous") note(record, { st: "stopped", reason: couldBe(match.candidates) })
    else if (match.kind === "create") fresh.push(record)
    else if (localId === null) note(record, { st: "match" })
    else {
      const known = links.get(localId) ?? null
      const isKept = match.kind === "adopt" && known !== null && known.peerId !== null
      const link = isKept ? forSuccessor(entity, ports.side, known, record) : known
      const row = rows.get(localId) ?? NO_ROW
      const plan = planApply(entity, context, record, link, localId, row)
      const write = plan.kind === "write" ? plan.write : null
      const conflicts = plan.kind === "write" ? plan.draft.conflicts : []
      const current = row.fields ?? {}
      const of = ready.get(record) ?? record
      const losing = conflicts.map((lost): Losing => ({
        ...lost,
        record: of,
        entity,
        winner: (lost.losingSide === ports.side ? record.fields[lost.field]?.[0] : current[lost.field]) ?? null,
      }))
      const isNew = link?.peerId !== record.id
      if (isNew && plan.kind === "write")
        losing.push(
          ...refusedLater(ports.side, entity, plan.draft, row).map((lost) => ({ ...lost, record: of, entity })),
        )
      const lost = countLost(losing)
      const isEmptied = losing.length > conflicts.length
      const st = write || isEmptied ? "change" : isNew ? "match" : "same"
      note(
        record,
        {
          st,
          peer: localId,
          ...(write && turnsShown(ports.side, entity, write, current) ? { shown: true } : {}),
          ...(lost.length > 0 ? { lost } : {}),
        },
        losing,
      )
    }
  }
  const documents = fresh.map((record) => documentOf(entity, record))
  const refusals = await tx.documents.refusals(entity.name, documents)
  for (const [i, record] of fresh.entries()) {
    const reason = refusals[i] ?? null
    const isShown = ports.side === "medusa" && wouldShow(entity, record)
    if (reason === null) note(record, { st: "create", ...(isShown ? { shown: true } : {}) })
    else note(record, { st: "stopped", reason })
  }
  return found
}

/**
 * Values of fields that the sender owns and of which it says nothing: it will be told of them, refuse them, and empty them here.
 */
function refusedLater(
  side: Side,
  entity: EntityDefinition,
  { link, record }: Draft,
  { fields }: HostRow,
): (Lost & Pick<Losing, "winner">)[] {
  return Object.entries(link.fields).flatMap(([field, { r }]) => {
    const losingValue = fields?.[field] ?? null
    const isTheirs = fieldOf(entity, field)?.owner === otherSide(side)
    if (!isTheirs || losingValue === null || r <= link.acked || field in record.fields) return []
    return [{ field, losingSide: side, losingValue, winner: null }]
  })
}

/** Records here that others of the asker, which it has asked about before, would be linked with. */
function takenBefore(
  { name }: EntityDefinition,
  group: readonly WireRecord[],
  pairs: NonNullable<Question["pairs"]>,
): string[] {
  const asked = new Set(group.map(({ id }) => id))
  return pairs.flatMap(({ entity, id, peer }) => (entity === name && peer !== null && !asked.has(id) ? [peer] : []))
}

const isPartOfNew = ({ key }: WireRecord): boolean => key?.within?.startsWith(NEW) === true

/** Without references to records that are not there yet. */
function documentOf(entity: EntityDefinition, { fields }: WireRecord): Document {
  const isNew = (name: string, value: CanonicalValue): boolean =>
    fieldOf(entity, name)?.to !== undefined && (isMember(name) ? memberOf(name) : String(value)).startsWith(NEW)
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, [value]]) => (isNew(name, value) ? [] : [[name, value]])),
  )
}

async function sampleLosing(
  ports: HostSelf & HostDatabase,
  { records, pairs = [] }: Question,
  losing: Losing[],
): Promise<Told["sample"]> {
  const chosen = sampleOf(losing, ({ entity, field, losingSide }) => `${entity.name} ${setOf(field)} ${losingSide}`)
  const referred = chosen.flatMap(({ entity, field, losingValue, winner }) =>
    [losingValue, winner].flatMap((value) => referredBy(entity, field, value) ?? []),
  )
  const there = referred.filter(({ localId }) => !localId.startsWith(NEW))
  const described = await describeRecords(ports, there)
  const titles = new Map([
    ...pairs.map(({ entity, id, title }) => [`${entity} ${NEW}${id}`, title] as const),
    ...there.map(({ entity, localId }, i) => [`${entity} ${localId}`, described[i]?.title ?? null] as const),
  ])
  return chosen.map(({ record, entity, field, losingSide: side, losingValue, winner }) => {
    const textOf = (value: CanonicalValue): string | null => {
      const to = referredBy(entity, field, value)
      if (!to) return excerpt(value)
      return excerpt(titles.get(`${to.entity} ${to.localId}`) ?? to.localId.replace(NEW, ""))
    }
    return { record: records.indexOf(record), field, side, loses: textOf(losingValue), wins: textOf(winner) }
  })
}
