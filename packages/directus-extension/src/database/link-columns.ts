import type { Knex } from "knex"
import type { Link } from "medusa-directus-core/host"

type Kind = "name" | "text" | "number" | "flag" | "json"

/** Where each property of a link is kept, beside its key (entity, local_id): table and store are made from it. */
export const LINK_COLUMNS: Record<Exclude<keyof Link, "entity" | "localId">, readonly [column: string, kind: Kind]> = {
  peerId: ["peer_id", "name"],
  parentId: ["parent_id", "name"],
  announced: ["announced", "text"],
  withdrawn: ["withdrawn", "text"],
  awaiting: ["awaiting", "name"],
  promised: ["promised", "name"],
  rev: ["rev", "number"],
  seen: ["seen", "number"],
  acked: ["acked", "number"],
  standing: ["standing", "name"],
  aliveRev: ["alive_rev", "number"],
  fields: ["fields", "json"],
  places: ["places", "json"],
  snapshot: ["snapshot", "json"],
  hops: ["hops", "number"],
  state: ["state", "name"],
  heldBack: ["held_back", "flag"],
  reason: ["reason", "text"],
  attempts: ["attempts", "number"],
  lastSyncedAt: ["last_synced_at", "name"],
  syncSource: ["sync_source", "name"],
  syncId: ["sync_id", "name"],
}

/** The fingerprints of `announced` and `withdrawn`: a key may be longer than an index takes. */
export const ANNOUNCED_FP = "announced_fp"
export const WITHDRAWN_FP = "withdrawn_fp"

/** Adds the columns that are not there yet. JSON is kept as text: `jsonb` cannot hold every string that JSON can. */
export function addLinkColumns(table: Knex.CreateTableBuilder, existing: ReadonlySet<string> = new Set()): void {
  for (const [column, kind] of [
    ...Object.values(LINK_COLUMNS),
    [ANNOUNCED_FP, "name"] as const,
    [WITHDRAWN_FP, "name"] as const,
  ]) {
    if (existing.has(column)) continue
    if (kind === "number") table.bigInteger(column).notNullable().defaultTo(0)
    else if (kind === "flag") table.boolean(column).notNullable().defaultTo(false)
    else if (kind === "name") table.string(column)
    else table.text(column)
  }
}

/** Columns, beside the entity, that links are looked up by. */
const SEARCHED = ["parent_id", "held_back", WITHDRAWN_FP]

export function addLinkIndexes(table: Knex.CreateTableBuilder, existing: ReadonlySet<string> = new Set()): void {
  for (const column of SEARCHED) if (!existing.has(column)) table.index(["entity", column])
}
