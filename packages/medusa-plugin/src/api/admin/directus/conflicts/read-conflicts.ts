import type { MedusaRequest } from "@medusajs/framework/http"
import { describeRecords } from "medusa-directus-core"
import { DIRECTUS_SYNC } from "../../../../modules/directus-sync"
import type DirectusSyncModuleService from "../../../../modules/directus-sync/service"

export interface ConflictRow {
  entity: string
  local_id: string
  field: string
}

/** Adds what a person needs to decide: the value that stands now, and what the record is called. */
export async function withValues<Row extends ConflictRow>(scope: MedusaRequest["scope"], rows: Row[]) {
  const ports = scope.resolve<DirectusSyncModuleService>(DIRECTUS_SYNC).ports()
  const asked = rows.map(({ entity, local_id: localId, field }) => ({ entity, localId, field }))
  const described = await describeRecords(ports, asked)
  return rows.map((row, i) => ({
    ...row,
    value: described[i]?.value ?? null,
    title: described[i]?.title ?? null,
    parent_title: described[i]?.parentTitle ?? null,
  }))
}
