import type { SchemaOverview } from "@directus/types"
import type { EntityDefinition } from "medusa-directus-core/host"
import { storedCollection, type StoredCollection } from "./stored-collection"

/** A kind of record and its collection as this Directus has it. */
export interface StoredKind {
  readonly entity: EntityDefinition
  /** Looked up when it is asked for first: most hooks need no more than the kind. */
  readonly stored: StoredCollection
}

export interface StoredKinds {
  /** `null` when the kind is not mapped, or its collection does not exist. */
  find(kind: string): StoredKind | null
  all(): StoredKind[]
  /** The kind whose records a collection holds; `null` for one that is not mapped. */
  heldBy(collection: string): StoredKind | null
  /** The kinds whose records are parts of this one's, with the column that names the whole. */
  partsOf(kind: string): { part: StoredKind; column: string }[]
  /** The kind that this one's records are parts of, and the Directus path that names it. */
  wholeOf(kind: string): { whole: StoredKind; path: string } | null
}

function lookedUpOnce(entity: EntityDefinition, lookUp: () => StoredCollection): StoredKind {
  let found: StoredCollection | undefined
  return {
    entity,
    get stored() {
      return (found ??= lookUp())
    },
  }
}

export function storedKinds(schema: SchemaOverview, entities: ReadonlyMap<string, EntityDefinition>): StoredKinds {
  const known = new Map<string, StoredKind | null>()
  const find = (kind: string): StoredKind | null => {
    const before = known.get(kind)
    if (before !== undefined) return before
    const entity = entities.get(kind)
    const collection = entity && schema.collections[entity.collection]
    const found = collection
      ? lookedUpOnce(entity, () => storedCollection(schema, entities, entity, collection).stored)
      : null
    known.set(kind, found)
    return found
  }
  const all = () => [...entities.keys()].flatMap((kind) => find(kind) ?? [])
  const parentField = ({ entity }: StoredKind) =>
    entity.parent === null ? undefined : entity.fields.get(entity.parent)
  return {
    find,
    all,
    heldBy(collection) {
      for (const [kind, entity] of entities) if (entity.collection === collection) return find(kind)
      return null
    },
    partsOf: (kind) =>
      all().flatMap((part) => {
        const field = parentField(part)
        const column =
          field?.to === kind && field.directus !== null ? part.stored.fields.get(field.directus) : undefined
        return column?.kind === "reference" ? [{ part, column: column.column }] : []
      }),
    wholeOf(kind) {
      const part = find(kind)
      const field = part && parentField(part)
      const whole = field?.to === undefined ? null : find(field.to)
      const path = field?.directus
      return whole && path && part?.stored.fields.has(path) ? { whole, path } : null
    },
  }
}
