import type { MedusaRequest } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { EntityDefinition, HostPorts, Side } from "medusa-directus-core"
import { readParts, readRecordFacts } from "../../../adapters/record-facts"
import { judgeRecord } from "../../../judge-record"
import { DIRECTUS_SYNC } from "../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../modules/directus-sync/service"
import type { ConflictState, FieldRule, RecordState } from "../../../record-state"
import { describeConflicts } from "./conflicts/read-conflicts"

/** Of whatever record; one that does not travel says so. */
export async function readRecordState(scope: MedusaRequest["scope"], kind: string, id: string): Promise<RecordState> {
  const sync = scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const off = sync.readReasonOff()
  if (off !== null) return without(kind, id, "off", off)
  const ports = sync.ports()
  const entity = ports.config.entities.get(kind)
  if (!entity) return without(kind, id, "unmapped", null)
  const sql = scope.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const [facts, parts, control] = await Promise.all([
    readRecordFacts(sql, kind, id),
    readParts(sql, partsOf(ports, kind), id),
    ports.readControl(),
  ])
  const { link } = facts
  const conflicts = await describeConflicts(ports, facts.conflicts)
  return {
    entity: kind,
    id,
    ...judgeRecord(facts, control, ports.now()),
    last: link?.lastSyncedAt ? { at: link.lastSyncedAt.toISOString(), from: link.syncSource as Side } : null,
    standing: link?.standing ?? null,
    directus_url: sync.studioUrl(entity.collection, link?.peerId ?? null),
    parts,
    conflicts: conflicts.map((conflict) => ({ ...conflict, at: conflict.at.toISOString() }) as ConflictState),
    fields: rulesOf(entity),
    journal: facts.journal,
    journal_count: facts.journalCount,
  }
}

const rulesOf = (entity: EntityDefinition): FieldRule[] =>
  [...entity.fields.values()].map(({ name, owner, wins, type }) => ({ name, owner, wins, type }))

/** The kinds whose records are parts of this one's. */
const partsOf = ({ config }: HostPorts, kind: string): string[] =>
  [...config.entities.values()]
    .filter(({ parent, fields }) => parent !== null && fields.get(parent)?.to === kind)
    .map(({ name }) => name)

const without = (entity: string, id: string, verdict: "off" | "unmapped", reason: string | null): RecordState => ({
  entity,
  id,
  verdict,
  reason,
  waiting: null,
  last: null,
  standing: null,
  directus_url: null,
  parts: null,
  conflicts: [],
  fields: [],
  journal: [],
  journal_count: 0,
})
