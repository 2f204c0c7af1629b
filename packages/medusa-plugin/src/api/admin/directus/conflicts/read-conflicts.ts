import type { MedusaRequest } from "@medusajs/framework/http"
import { describeRecords, fieldOf, mayReceive, otherSide, type HostPorts } from "medusa-directus-core/host"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"
import type { ConflictState } from "../../../../operate/record-state"

export interface ConflictRow {
  entity: string
  local_id: string
  field: string
}

type Told = Pick<ConflictState, "value" | "title" | "parent_title" | "type" | "editable">

/** Adds what a person needs to decide: the value that stands now, what the record is called, and what may be done. */
export async function describeConflicts<Row extends ConflictRow>(
  ports: HostPorts,
  rows: Row[],
): Promise<(Row & Told)[]> {
  const asked = rows.map(({ entity, local_id: localId, field }) => ({ entity, localId, field }))
  const described = await describeRecords(ports, asked)
  return rows.map((row, i) => {
    const entity = ports.config.entities.get(row.entity)
    const field = entity && fieldOf(entity, row.field)
    return {
      ...row,
      value: described[i]?.value ?? null,
      title: described[i]?.title ?? null,
      parent_title: described[i]?.parentTitle ?? null,
      type: field?.type ?? null,
      editable: field !== undefined && field[ports.side] !== null && mayReceive(field, otherSide(ports.side)),
    }
  })
}

export const withValues = <Row extends ConflictRow>(scope: MedusaRequest["scope"], rows: Row[]) =>
  describeConflicts(scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports(), rows)
