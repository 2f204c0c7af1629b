import type { EntityDefinition } from "medusa-directus-core/host"
import { linkInput, primaryKey } from "./field-input"
import type { Ground, PlannedCollection, PlannedRelation } from "./plan"

/**
 * The collection behind a many-to-many field, as the Studio would make it.
 *
 * @param alias - the field of `here`.
 * @param list - the field of `there` that shows the other side; `null` = none.
 */
export function planJunction(
  here: EntityDefinition,
  alias: string,
  there: EntityDefinition,
  list: string | null,
  ground: Ground,
): PlannedCollection {
  const collection = `${here.collection}_${there.collection}`
  const [near, far] = [`${here.collection}_id`, `${there.collection}_id`]
  const relation = (name: string, related: string, oneField: string | null, other: string): PlannedRelation => ({
    collection,
    field: name,
    related_collection: related,
    meta: { one_field: oneField, junction_field: other, sort_field: null, one_deselect_action: "delete" },
    schema: { on_delete: "CASCADE" },
  })
  return {
    collection,
    meta: { hidden: true, icon: "import_export", accountability: "all" },
    fields: [
      primaryKey(),
      linkInput(near, ground.keyType(here.collection), 2),
      linkInput(far, ground.keyType(there.collection), 3),
    ],
    relations: [relation(near, here.collection, alias, far), relation(far, there.collection, list, near)],
    preset: null,
  }
}
