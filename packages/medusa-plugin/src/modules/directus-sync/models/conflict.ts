import { model } from "@medusajs/framework/utils"

/** A value that lost, kept for a person (core's `Conflict`). */
export const DirectusSyncConflict = model
  .define("directus_sync_conflict", {
    id: model.text().primaryKey(),
    entity: model.text(),
    local_id: model.text(),
    peer_id: model.text(),
    field: model.text(),
    kind: model.enum(["concurrent", "read_only", "loop"]),
    losing_side: model.enum(["medusa", "directus"]),
    losing_value: model.json().nullable(),
    winning_fingerprint: model.text(),
    at: model.dateTime(),
    resolved_at: model.dateTime().nullable(),
  })
  .indexes([
    { name: "IDX_directus_sync_conflict_record", on: ["entity", "local_id"] },
    { name: "IDX_directus_sync_conflict_open", on: ["at"], where: "resolved_at IS NULL" },
  ])
