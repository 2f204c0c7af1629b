import type { DocumentWrite, EntityDefinition } from "medusa-directus-core"
import type { HostModules } from "./host-modules"
import type { ModuleCalls } from "./module-calls"
import type { Transaction } from "./sql"

/** What a kind of record needs to write inside one transaction. */
export interface KindTools {
  sql: Transaction
  calls: ModuleCalls
  modules: HostModules
}

/** How Medusa keeps one kind of record. A further kind is one more of these, in `record-kinds.ts`. */
export interface RecordKind {
  /** The table whose row is the record; it has `id` and `deleted_at`. */
  table: string
  /** Writes all of them and returns the local ids in the same order. */
  write(tools: KindTools, entity: EntityDefinition, writes: DocumentWrite[]): Promise<string[]>
}
