import type { Relation, SchemaOverview } from "@directus/types"
import type { Knex } from "knex"
import { inBatches } from "../database/batches"
import type { Dialect } from "../database/dialect"
import { keysOf, localIdOf } from "../items/item-ids"
import { readJunction } from "../items/junction-rows"
import { FILES, type StoredCollection } from "../items/stored-collection"
import type { StoredKind, StoredKinds } from "../items/stored-kinds"
import type { Junction } from "../items/stored-relations"

/** Records whose value is stored in another collection, or is set to null when a row there is deleted. */
export interface Dependent {
  /** The kind of the records. */
  kind: string
  collection: string
  /** `delete`: nothing but the end of such a row changes them. */
  on: "any change" | "delete"
  /** Which records hang on these rows now. */
  find(knex: Knex, rows: readonly string[]): Promise<{ row: string; record: string }[]>
}

/** What is done to rows. */
export type Action = "create" | "update" | "delete"

/** Who hangs on the rows of a collection, where that is done to them. */
export type DependentsOf = (collection: string, action: Action) => readonly Dependent[]

/** Directus copies its schema for each request: most edits must not have the whole mapping read. */
export function makeDependents(schema: SchemaOverview, kinds: StoredKinds, dialect: Dialect): DependentsOf {
  let all: Map<string, Dependent[]> | undefined
  const asked = new Map<string, readonly Dependent[]>()
  function find(collection: string, action: Action): readonly Dependent[] {
    const isJunction = ({ collection: here, meta }: Relation) => here === collection && meta?.junction_field != null
    const isNamed = ({ related_collection: there }: Relation) => action === "delete" && there === collection
    if (!schema.relations.some((relation) => isJunction(relation) || isNamed(relation))) return []
    all ??= dependents(kinds, dialect)
    return (all.get(collection) ?? []).filter(({ on }) => action === "delete" || on === "any change")
  }
  return (collection, action) => {
    const key = `${action} ${collection}`
    const found = asked.get(key) ?? find(collection, action)
    asked.set(key, found)
    return found
  }
}

/** Collection → the mapped records that hang on its rows. Foreign keys and junction rows tell no hook of the record itself. */
function dependents(kinds: StoredKinds, dialect: Dialect): Map<string, Dependent[]> {
  const found = new Map<string, Dependent[]>()
  const add = (collection: string, dependent: Dependent) =>
    found.set(collection, [...(found.get(collection) ?? []), dependent])
  for (const kind of kinds.all()) {
    const parent = kind.entity.fields.get(kind.entity.parent ?? "")?.directus
    for (const [path, field] of kind.stored.fields) {
      if (field.kind === "file") add(FILES, byColumn(kind, dialect, field.file, "uuid"))
      // A part comes and goes with its whole: the whole says so.
      if (field.kind === "reference" && path !== parent)
        add(field.collection, byColumn(kind, dialect, field.column, field.keyType))
      if (field.kind === "references" || field.kind === "translations") {
        add(field.junction.name, byJunction(kind, dialect, field.junction, "primaryKey"))
        add(field.collection, byJunction(kind, dialect, field.junction, "there"))
      }
    }
  }
  return found
}

type KeyType = StoredCollection["keyType"]

function byColumn({ entity, stored }: StoredKind, dialect: Dialect, column: string, keyType: KeyType): Dependent {
  const { name, primaryKey } = stored
  return {
    kind: entity.name,
    collection: name,
    on: "delete",
    async find(knex, rows) {
      const found: { row: unknown; record: unknown }[] = []
      for (const batch of inBatches(keysOf(keyType, rows)))
        found.push(
          ...((await knex(name).whereIn(column, batch).select({ row: column, record: primaryKey })) as typeof found),
        )
      return found.map(({ row, record }) => ({
        row: localIdOf(keyType, dialect, row),
        record: localIdOf(stored.keyType, dialect, record),
      }))
    },
  }
}

function byJunction(
  { entity, stored }: StoredKind,
  dialect: Dialect,
  junction: Junction,
  by: "primaryKey" | "there",
): Dependent {
  return {
    kind: entity.name,
    collection: stored.name,
    on: by === "there" ? "delete" : "any change",
    async find(knex, rows) {
      const keyType = by === "there" ? junction.thereType : junction.keyType
      const found = await readJunction(knex, junction, junction[by], keysOf(keyType, rows))
      return found.flatMap(({ key, here, there }) => {
        if (here === null) return []
        const row = localIdOf(keyType, dialect, by === "there" ? there : key)
        return { row, record: localIdOf(stored.keyType, dialect, here) }
      })
    },
  }
}
