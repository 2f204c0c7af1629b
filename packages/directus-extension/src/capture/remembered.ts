/** Kind → local ids. */
export type Records = ReadonlyMap<string, readonly string[]>

/** Who hung on a row before it changed; asked when its change is recorded, by when the row no longer tells. */
export interface Remembered {
  note(collection: string, row: string, records: Records): void
  of(collection: string, row: string): Records
}

/** Rows at most; what was forgotten is found by the sweep. */
const MOST = 5_000
const NOBODY: Records = new Map()

/** Entries stay when they were asked for: Directus runs a write again after a deadlock. */
export function makeRemembered(most = MOST): Remembered {
  const rows = new Map<string, Records>()
  return {
    note(collection, row, records) {
      const name = `${collection}\n${row}`
      rows.delete(name)
      rows.set(name, records)
      const [oldest] = rows.keys()
      if (rows.size > most && oldest !== undefined) rows.delete(oldest)
    },
    of: (collection, row) => rows.get(`${collection}\n${row}`) ?? NOBODY,
  }
}
