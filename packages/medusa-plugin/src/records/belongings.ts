/** `present`: what belongs to a record in use. `gone`: what belonged to a deleted one when it went. */
export type State = "present" | "gone"

/** Rows of a table, by a condition on its columns, as something to select from with `lateral`. */
export type Belongings = (table: string, condition: string) => string

/**
 * What may belong to `r`. For a deleted one in two selects, each with its own condition, because only that finds
 * Medusa's indexes, which are all partial. Medusa's workflows delete in several steps, each with a time of its own: what
 * goes together may go a minute apart.
 */
export const belongings =
  (state: State): Belongings =>
  (table, condition) => {
    const rows = (when: string): string => `select * from ${table} where ${condition} and ${when}`
    return state === "present"
      ? `(${rows("deleted_at is null")})`
      : `(${rows("deleted_at is null")} union all ${rows("deleted_at > r.deleted_at - interval '1 minute'")})`
  }
