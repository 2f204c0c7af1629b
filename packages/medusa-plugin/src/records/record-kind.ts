import type { DocumentWrite, EntityDefinition, TakenValue } from "medusa-directus-core/host"
import type { State } from "./belongings"
import type { HostModules } from "./host-modules"
import type { ModuleCalls } from "./module-calls"
import type { Transaction } from "../database/sql"

/** What a kind of record needs to write inside one transaction. */
export interface KindTools {
  sql: Transaction
  calls: ModuleCalls
  modules: HostModules
}

/** Some of a record's values, by the names that its row has when it is read. */
export type Patch = Record<string, unknown>
export type Change = Patch & { id: string }

/** A record as it was read: its columns and what else belongs to it. */
export type RecordRow = Record<string, unknown> & { id: string; deleted_at: Date | null }

/** Ids of the records that one write has changed. */
export interface Changes {
  created: string[]
  updated: string[]
  removed: string[]
}

/** How Medusa keeps one kind of record. */
export interface RecordKind {
  /** The table whose row is the record; it has `id` and `deleted_at`. */
  table: string
  /** `select r.*, … from <table> r` without a condition, for records in use or for deleted ones. */
  select(state: State): string
  /** Completes a row that was read. */
  shape?(row: RecordRow): RecordRow
  /** Columns that two records in use may not share. */
  unique: readonly string[]
  /** Of each write, what else two records in use may not share and another one has. */
  taken?(tools: Pick<KindTools, "sql">, entity: EntityDefinition, writes: DocumentWrite[]): Promise<TakenValue[][]>
  /** What Medusa's ids of this kind begin with; `null` = the module gives the id. */
  idPrefix: string | null
  /** What a column that takes no null holds in its place. */
  whenNull: Readonly<Patch>
  /** What counts of records that are new on both hosts; absent = all that the other side says of them. */
  given?(tools: KindTools, entity: EntityDefinition, records: Patch[]): Promise<Patch[]>
  /** Makes new records, under the ids that they carry, and returns the ids in order. Values that are absent are Medusa's to choose. */
  create(tools: KindTools, records: Patch[]): Promise<string[]>
  update(tools: KindTools, changes: Change[]): Promise<void>
  /** Deletes softly, with all that Medusa's own workflow deletes beside the record. */
  remove(tools: KindTools, ids: string[]): Promise<void>
  /** Undoes a deletion, by Medusa or by us; ids that were purged are left out. */
  restore(tools: KindTools, ids: string[]): Promise<void>
  /** Emits what Medusa's own workflows emit. */
  announce(tools: KindTools, changes: Changes): void | Promise<void>
}
