import type { Response } from "express"
import {
  describeRecords,
  fieldOf,
  type CodecType,
  type Described,
  type HostPorts,
  type StoredConflict,
} from "medusa-directus-core/host"
import { z } from "zod"
import { listConflicts, listJournal } from "../ports/history-store"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { name } from "./names"
import { pageSchema, parseQuery } from "./page"

const conflictsQuery = pageSchema.extend({
  resolved: z.enum(["true", "false"]).default("false"),
  /** Of one kind of record. */
  entity: name.optional(),
  item: name.optional(),
})
const journalQuery = pageSchema.extend({ item: name, entity: name.default("product") })

/** A conflict, the value that stands now, what its record is called and where it is. */
export type ShownConflict = StoredConflict &
  Described & {
    /** `null` when the kind, or the field, is not mapped any more. */
    collection: string | null
    directusField: string | null
    /** How the field's values are written; `null` when it is not mapped any more. */
    type: CodecType | null
  }

export async function describeConflicts(ports: HostPorts, conflicts: StoredConflict[]): Promise<ShownConflict[]> {
  const described = await describeRecords(ports, conflicts)
  return conflicts.map((conflict, i) => {
    const entity = ports.config.entities.get(conflict.entity)
    const field = entity && fieldOf(entity, conflict.field)
    return {
      ...conflict,
      ...(described[i] ?? UNKNOWN),
      collection: entity?.collection ?? null,
      directusField: field?.directus ?? null,
      type: field?.type ?? null,
    }
  })
}

const UNKNOWN: Described = { title: null, parentTitle: null, value: null }

/** GET /medusa-sync/conflicts?page=1&limit=25&resolved=false&entity=product&item=<id> → `{ data: ShownConflict[], meta: { total, page, limit } }`, newest first. */
export const showConflicts =
  ({ database }: HostContext) =>
  async (req: DirectusRequest, res: Response) => {
    const { ports } = await runningSync()
    const { resolved, entity, item, ...page } = parseQuery(conflictsQuery, req.query)
    const of = { resolved: resolved === "true", entity, localId: item }
    const { total, conflicts } = await listConflicts(database, page, of)
    res.json({ data: await describeConflicts(ports, conflicts), meta: { total, ...page } })
  }

/** GET /medusa-sync/journal?item=<id> → `{ data: JournalEntry[], meta }`: what happened to one item, newest first. */
export const showJournal =
  ({ database }: HostContext) =>
  async (req: DirectusRequest, res: Response) => {
    await runningSync()
    const { item, entity, ...page } = parseQuery(journalQuery, req.query)
    const { total, entries } = await listJournal(database, entity, item, page)
    res.json({ data: entries, meta: { total, ...page } })
  }
