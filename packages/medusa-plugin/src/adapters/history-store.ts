import { generateEntityId } from "@medusajs/framework/utils"
import type { Conflict, HostTransaction, JournalEntry } from "medusa-directus-core"
import { query, type Transaction } from "./sql"

/** What is kept for people to read: lost values and what happened to each record. */
export function makeHistoryStore(sql: Transaction): Pick<HostTransaction, "addConflicts" | "addJournal"> {
  return {
    async addConflicts(conflicts: Conflict[]) {
      if (conflicts.length === 0) return
      await query(
        sql,
        `insert into directus_sync_conflict (id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at)
         select r."id", r."entity", r."localId", r."peerId", r."field", r."kind", r."losingSide", r."losingValue", r."winningFingerprint", r."at"
         from jsonb_to_recordset(?::jsonb) as r("id" text, "entity" text, "localId" text, "peerId" text, "field" text, "kind" text,
           "losingSide" text, "losingValue" jsonb, "winningFingerprint" text, "at" timestamptz)
         on conflict (id) do nothing`,
        [JSON.stringify(conflicts)],
      )
    },
    async addJournal(entries: JournalEntry[]) {
      if (entries.length === 0) return
      await query(
        sql,
        `insert into directus_sync_journal_entry (id, at, entity, local_id, direction, event, fields, reason, sync_id)
         select r."id", r."at", r."entity", r."localId", r."direction", r."event", array(select jsonb_array_elements_text(r."fields")), r."reason", r."syncId"
         from jsonb_to_recordset(?::jsonb) as r("id" text, "at" timestamptz, "entity" text, "localId" text, "direction" text, "event" text,
           "fields" jsonb, "reason" text, "syncId" text)`,
        [JSON.stringify(entries.map((entry) => ({ ...entry, id: generateEntityId(undefined, "dsj") })))],
      )
    },
  }
}
