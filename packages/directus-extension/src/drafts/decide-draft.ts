import {
  fingerprint,
  NULL_FINGERPRINT,
  planPublish,
  yieldsToPeer,
  type Conflict,
  type Document,
  type DraftBase,
  type JournalEntry,
} from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { readBases, recordName, type Bases } from "./base-store"
import type { Draft, Drafted, DraftReader } from "./drafted"
import { fieldsOf, survey, type Surveyed } from "./survey"

/** What comes of a draft beside the item. */
export interface Outcome {
  conflicts: Conflict[]
  journal: JournalEntry[]
  /** What was published by now, also where it has lost. */
  told: Bases
  /** What the decision stands on: record → field → what the link held of it. */
  seen: ReadonlyMap<string, { kind: string; localId: string; fps: ReadonlyMap<string, string> }>
}

/** Absent when the draft was saved, and not in it. */
const NOTHING: DraftBase = { fp: NULL_FINGERPRINT, told: null }

/**
 * Takes out of a draft that is being published what its author may not overwrite.
 *
 * @param reviewed - had who publishes it both values of the item's own columns before them?
 */
export async function decideDraft(
  reader: DraftReader,
  version: string,
  draft: Draft,
  reviewed: boolean,
  at: Date,
): Promise<Outcome> {
  const records = await survey(reader, draft)
  const bases = await readBases(reader.knex, version)
  const conflicts: Conflict[] = []
  const journal: JournalEntry[] = []
  const told = new Map<string, Map<string, DraftBase>>()
  const seen = new Map<string, { kind: string; localId: string; fps: Map<string, string> }>()
  const takenOut = new Set<Drafted>()

  function tellsOf(name: string): Map<string, DraftBase> {
    const tells = told.get(name) ?? new Map<string, DraftBase>()
    told.set(name, tells)
    return tells
  }

  function decide(place: Drafted, record: Surveyed): void {
    const { entity } = place.kind
    const { link, held } = record
    const name = recordName(entity.name, place.localId)
    const known = bases?.get(name)
    const writable = place.writable && !(place.carrier && takenOut.has(place.carrier))
    const fields = fieldsOf(place, record, known).map((field) => ({
      name: field,
      value: place.values[field] ?? null,
      held: held[field] ?? null,
      base: bases === null ? null : (known?.get(field) ?? NOTHING),
      reviewed: reviewed && place.own,
      writable,
      wins: place.wins,
    }))
    const plan = planPublish(entity, link, "directus", version, fields, at)
    conflicts.push(...plan.conflicts)
    const tells = tellsOf(name)
    const saw = seen.get(name) ?? { kind: entity.name, localId: place.localId, fps: new Map<string, string>() }
    seen.set(name, saw)
    for (const field of fields) {
      const now = link?.fields[field.name]?.fp ?? NULL_FINGERPRINT
      tells.set(field.name, { fp: field.base?.fp ?? now, told: fingerprint(field.value) })
      if (link) saw.fps.set(field.name, now)
    }
    if (place.isRow && fields.every((field) => field.held !== null)) place.leave(null)
    if (fields.every((field) => plan.published.has(field.name))) return
    takenOut.add(place)
    const left: Document = {}
    for (const field of fields) left[field.name] = plan.published.has(field.name) ? field.value : field.held
    const isChange = fields.some((field) => fingerprint(left[field.name] ?? null) !== fingerprint(field.held))
    place.leave(place.holds && isChange ? left : null)
  }

  for (const place of draft.fields) {
    const record = records.get(recordName(place.kind.entity.name, place.localId))
    if (record) decide(place, record)
  }
  // Published again, it would be made a second time.
  for (const { kind, localId, name: made, leave } of draft.made) {
    const name = recordName(kind.entity.name, localId)
    if (bases?.get(name)?.has(made)) leave()
    tellsOf(name).set(made, { fp: NULL_FINGERPRINT, told: made })
  }
  for (const { kind, localId, keep } of draft.deletions) {
    const name = recordName(kind.entity.name, localId)
    const link = records.get(name)?.link ?? null
    if (!yieldsToPeer(link, bases?.get(name) ?? new Map())) continue
    keep()
    const { name: entity } = kind.entity
    const reason = "deleted in a draft, and changed in Medusa since"
    const line = { entity, localId, direction: "out", event: "kept", fields: [], reason } as const
    journal.push({ ...line, fields: [], at: at.toISOString(), syncId: randomUUID() })
  }
  return { conflicts, journal, told, seen }
}
