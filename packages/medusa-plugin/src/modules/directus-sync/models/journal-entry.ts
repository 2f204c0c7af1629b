import { model } from "@medusajs/framework/utils"

/** One line of what happened to a record (core's `JournalEntry`): names and counters, never a value. */
export const DirectusSyncJournalEntry = model
  .define("directus_sync_journal_entry", {
    id: model.id({ prefix: "dsj" }).primaryKey(),
    at: model.dateTime(),
    entity: model.text(),
    local_id: model.text(),
    direction: model.enum(["in", "out"]),
    event: model.text(),
    fields: model.array(),
    reason: model.text().nullable(),
    sync_id: model.text(),
  })
  .indexes([
    { name: "IDX_directus_sync_journal_record", on: ["entity", "local_id", "at"] },
    { name: "IDX_directus_sync_journal_at", on: ["at"] },
  ])
