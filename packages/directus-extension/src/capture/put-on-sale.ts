import { releaseFields } from "medusa-directus-core/host"
import type { StoredKind } from "../items/stored-kinds"
import type { Change } from "./captured"

/** Does an edit say the field that puts records of the kind on sale, be it with the value that it has? */
export function saysRelease(kind: StoredKind | null, payload: unknown): boolean {
  if (!kind || typeof payload !== "object" || payload === null) return false
  const { entity } = kind
  return releaseFields(entity).some((name) => {
    const [column] = (entity.fields.get(name)?.directus ?? "").split(".")
    return column !== undefined && column !== "" && column in payload
  })
}

/** Rows whose last edit says that field. Directus records an edit behind its hook, without what it says. */
export interface PutOnSale {
  /** Before each edit of these rows. */
  note(edit: Pick<Change, "collection" | "ids" | "asked">): void
  has(collection: string, row: string): boolean
}

/** Rows at most; an item whose edit was forgotten stays a draft in the shop until somebody releases it. */
const MOST = 10_000

/** Entries stay until the next edit of the row: Directus runs a write again after a deadlock. */
export function makePutOnSale(most = MOST): PutOnSale {
  const rows = new Set<string>()
  return {
    note({ collection, ids, asked }) {
      for (const id of ids) {
        rows.delete(`${collection}\n${id}`)
        if (asked) rows.add(`${collection}\n${id}`)
      }
      for (const oldest of rows) {
        if (rows.size <= most) break
        rows.delete(oldest)
      }
    },
    has: (collection, row) => rows.has(`${collection}\n${row}`),
  }
}
