/** A table whose changes mark a record. The two SQL fragments are ours; nothing of a user's comes in here. */
export interface CapturedTable {
  table: string
  /** The kind of record that a row belongs to. */
  entity: string
  /** The record's id; `r` is the changed row, old or new. */
  id: string
  /** Tables between the row and its record, for example `join product_variant v on v.id = r.variant_id`. */
  join?: string
}

/** A further kind, or a further table of a kind, is a row here: the triggers follow at the next boot. */
export const capturedTables: readonly CapturedTable[] = [{ table: "product", entity: "product", id: "r.id" }]
