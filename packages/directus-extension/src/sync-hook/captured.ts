import type { SchemaOverview } from "@directus/types"
import type { Knex } from "knex"
import type { SyncConfig } from "medusa-directus-core"
import { makeAssets, type Assets } from "../adapters/asset-address"
import { dialectOf, type Dialect } from "../adapters/dialect"
import { storedKinds, type StoredKinds } from "../adapters/stored-kinds"
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
