/**
 * A list that gives these columns, or those of them that are asked for. Without `allowed` Medusa takes any path, also one
 * through `__proto__`, which spoils every object of the process (2.21).
 */
const listOf = (columns: string[]) => ({ isList: true, defaults: columns, allowed: columns })

export const links = listOf([
  "entity",
  "local_id",
  "peer_id",
  "parent_id",
  "awaiting",
  "promised",
  "rev",
  "seen",
  "acked",
  "standing",
  "state",
  "held_back",
  "reason",
  "attempts",
  "last_synced_at",
  "sync_source",
  "sync_id",
])

export const conflicts = listOf([
  "id",
  "entity",
  "local_id",
  "peer_id",
  "field",
  "kind",
  "losing_side",
  "losing_value",
  "winning_fingerprint",
  "at",
  "resolved_at",
])

export const journal = listOf(["id", "at", "entity", "local_id", "direction", "event", "fields", "reason", "sync_id"])
