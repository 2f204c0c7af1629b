const keyOf = (entity: string, id: string): string => `${entity}\n${id}`

/**
 * Watches in which order a transaction locks. Two that lock the same record's row and link in opposite orders wait for each
 * other until the database ends one of them; a host in memory, which runs one at a time, would never show it.
 */
export class LockOrder {
  /** What broke the order: the rows of a kind first, then links of it. */
  readonly faults: string[] = []
  readonly #rows = new Set<string>()
  readonly #linked = new Set<string>()

  begin(): void {
    this.#rows.clear()
    this.#linked.clear()
  }

  row(entity: string, id: string): void {
    if (this.#rows.has(keyOf(entity, id))) return
    this.made(entity, id)
    if (this.#linked.has(entity)) this.faults.push(`the row of ${entity} ${id} is locked after links of its kind`)
  }

  /** A row that is new: nobody else can wait for it. */
  made(entity: string, id: string): void {
    this.#rows.add(keyOf(entity, id))
  }

  links(entity: string, ids: readonly unknown[]): void {
    if (ids.length > 0) this.#linked.add(entity)
  }
}
