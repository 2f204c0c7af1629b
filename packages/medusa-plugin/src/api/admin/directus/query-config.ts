/** The columns that each list gives. */
export const links = {
  isList: true,
  defaults: [
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
  ],
}

export const conflicts = {
  isList: true,
  defaults: [
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
  ],
}

export const journal = {
  isList: true,
  defaults: ["id", "at", "entity", "local_id", "direction", "event", "fields", "reason", "sync_id"],
}
