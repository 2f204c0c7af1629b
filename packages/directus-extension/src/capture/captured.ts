import type { EventContext, SchemaOverview } from "@directus/types"
import type { Knex } from "knex"
import type { SyncConfig } from "medusa-directus-core/host"
import { makeAssets, type Assets } from "../items/asset-address"
import { dialectOf, type Dialect } from "../database/dialect"
import { storedKinds, type StoredKind, type StoredKinds } from "../items/stored-kinds"
import { readOptions } from "../options"
import { makeDependents, type DependentsOf } from "./dependents"

/** What is captured: the mapped collections of this project, and what their values hang on. */
export interface Captured {
  dialect: Dialect
  assets: Assets
  kinds: StoredKinds
  dependentsOf: DependentsOf
}

export type CapturedIn = (schema: SchemaOverview | null) => Captured | null

/** What one event is about. */
export interface Change {
  captured: Captured
  collection: string
  /** `null`: the collection is none of the mapping's. */
  kind: StoredKind | null
  /** The rows. */
  ids: string[]
  context: EventContext
  /** Did somebody who is logged in make it? Nobody is in a Flow, an extension or the command line. */
  person: boolean
  /** Did somebody make the rows, or say the field that puts them on sale? */
  asked: boolean
}

/** @returns what answers `null` while the mapping or the database cannot be used. */
export function makeCaptured(env: Record<string, unknown>, database: Knex): CapturedIn {
  const known = new WeakMap<SchemaOverview, Captured>()
  let read: { config: SyncConfig; assets: Assets; dialect: Dialect } | null | undefined
  const readOnce = () => {
    const { config, publicUrl } = readOptions(env)
    const dialect = dialectOf(database)
    return config && dialect ? { config, dialect, assets: makeAssets(publicUrl) } : null
  }
  return (schema) => {
    read = read === undefined ? readOnce() : read
    if (!read || !schema) return null
    const before = known.get(schema)
    if (before) return before
    const { config, dialect, assets } = read
    const kinds = storedKinds(schema, config.entities)
    const captured = { dialect, assets, kinds, dependentsOf: makeDependents(schema, kinds, dialect) }
    known.set(schema, captured)
    return captured
  }
}
