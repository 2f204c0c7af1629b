import type { DeletePolicy, Owner } from "./entity.ts"
import type { Side } from "../document/value.ts"
import type { SyncConfig } from "./config.ts"

/** One row of the mapping as people read it. */
export interface MappedField {
  name: string
  /** Where each host keeps it; `null` = it does not. */
  medusa: string | null
  directus: string | null
  type: string
  owner: Owner
  /** Whose value stays when both sides changed it at the same time. */
  wins: Side
}

export interface MappedKind {
  kind: string
  collection: string
  /** Fields that identify a record before it is linked, best first. */
  matchKeys: string[]
  /** What each host does when the other side deleted the record. */
  deletes: Record<Side, DeletePolicy>
  fields: MappedField[]
}

/** Pure: the mapping as a table. */
export const describeMapping = ({ entities }: SyncConfig): MappedKind[] =>
  [...entities.values()].map(({ name: kind, collection, matchKeys, deletes, fields }) => ({
    kind,
    collection,
    matchKeys: matchKeys.map(({ field }) => field),
    deletes,
    fields: [...fields.values()].map(({ name, medusa, directus, type, owner, wins }) => ({
      name,
      medusa,
      directus,
      type,
      owner,
      wins,
    })),
  }))
