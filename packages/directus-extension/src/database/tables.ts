/**
 * The sync's own tables. They have no row in `directus_collections`: so they take no place of the licence's 25
 * collections, stand in no schema snapshot and are dropped by none (Directus >= 11.10). Each has a key of one column:
 * Directus warns of any other table each time that it reads the schema.
 */
export const TABLES = {
  link: "medusa_sync_link",
  dirty: "medusa_sync_dirty",
  /** Appended to by every change, in the change's own transaction; folded into `dirty`. */
  mark: "medusa_sync_mark",
  snapshot: "medusa_sync_snapshot",
  conflict: "medusa_sync_conflict",
  journal: "medusa_sync_journal",
  control: "medusa_sync_control",
  /** Whose turn a task is that one process does for all. */
  turn: "medusa_sync_turn",
  /** Work on the whole catalogue: the last job of each kind. */
  job: "medusa_sync_job",
  /** Addresses of pictures, and the files that hold copies of them. */
  image: "medusa_sync_image",
  /** The fields of items that show such an address. */
  imageUse: "medusa_sync_image_use",
  /** What the fields of drafts are based on; see `drafts/`. */
  draft: "medusa_sync_draft",
} as const

/** The only row of `control`. */
export const CONTROL_ID = 1
