import type { MedusaRequest } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import {
  readNeeded,
  readStates,
  SyncError,
  type EntityDefinition,
  type HostPorts,
  type RecordState as State,
  type Side,
} from "medusa-directus-core/host"
import { readRecordFacts, type RecordFacts } from "../../../operate/record-facts"
import { isOfMedusa } from "../../../records/record-kinds"
import { DIRECTUS_SYNC } from "../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../modules/directus-sync/service"
import type { ConflictState, FieldRule, RecordState } from "../../../operate/record-state"
import { waitingFor } from "../../../operate/waiting-for"
import { describeConflicts } from "./conflicts/read-conflicts"

/** Of a record that is there, or was; one that does not travel says so. @throws SyncError `not_found` */
export async function readRecordState(scope: MedusaRequest["scope"], kind: string, id: string): Promise<RecordState> {
  const sync = scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC)
  const off = sync.readReasonOff()
  if (off !== null) return without(kind, id, "off", off)
  const ports = sync.ports()
  const entity = ports.config.entities.get(kind)
  if (!entity) {
    if (isOfMedusa(kind)) return without(kind, id, "unmapped", null)
    throw new SyncError("not_found", `There is no kind "${kind}".`)
  }
  const sql = scope.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const [facts, states, control] = await Promise.all([
    readRecordFacts(sql, kind, id),
    readStates(ports, kind, [id]),
    ports.readControl(),
  ])
  const state = states.get(id)
  if (!state || (isUnheardOf(facts) && !(await isPresent(ports, kind, id))))
    throw new SyncError("not_found", `There is no ${kind} ${id}.`)
  const { link } = facts
  const { cause, notes, parts, peer, pauses, revs, peerId } = state
  const conflicts = await describeConflicts(ports, facts.conflicts)
  return {
    entity: kind,
    id,
    verdict: state.state,
    sides: { cause, notes, parts, peer, pauses, revs },
    reason: state.reason,
    needs: cause === "record" ? await neededBy(ports, kind, state) : null,
    waiting: isHeld(state) ? waitingFor(facts, control, ports.now(), state.heldBy) : null,
    last: link?.lastSyncedAt ? { at: link.lastSyncedAt.toISOString(), from: link.syncSource as Side } : null,
    standing: link?.standing ?? null,
    directus_url: sync.studioUrl(entity.collection, peerId),
    conflicts: conflicts.map((conflict) => ({ ...conflict, at: conflict.at.toISOString() }) as ConflictState),
    fields: rulesOf(entity),
    journal: facts.journal,
    journal_count: facts.journalCount,
  }
}

const isHeld = ({ cause, state, heldBy }: State): boolean =>
  cause === "record" && (state === "waiting" || heldBy === "other_record")

async function neededBy(ports: HostPorts, kind: string, state: State): Promise<RecordState["needs"]> {
  const needed = await readNeeded(ports, kind, state)
  return needed && { entity: needed.entity, local_id: needed.localId, title: needed.title, state: needed.state }
}

const isUnheardOf = ({ link, mark, conflicts, journalCount }: RecordFacts): boolean =>
  !link && !mark && conflicts.length === 0 && journalCount === 0

const isPresent = (ports: HostPorts, kind: string, id: string): Promise<boolean> =>
  ports.transaction(async ({ documents }) => (await documents.present(kind, [id])).has(id))

const rulesOf = (entity: EntityDefinition): FieldRule[] =>
  [...entity.fields.values()].map(({ name, owner, wins, type }) => ({ name, owner, wins, type }))

const without = (entity: string, id: string, verdict: "off" | "unmapped", reason: string | null): RecordState => ({
  entity,
  id,
  verdict,
  sides: null,
  reason,
  needs: null,
  waiting: null,
  last: null,
  standing: null,
  directus_url: null,
  conflicts: [],
  fields: [],
  journal: [],
  journal_count: 0,
})
