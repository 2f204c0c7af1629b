import type { EntityDefinition, FieldDefinition } from "medusa-directus-core/host"
import { lookOf, noted } from "./looks/look-of"
import type { FieldLook, ListLook } from "./looks/look"
import type { Ground } from "./plan"

/** A field of one kind that shows the records of another which name it. */
export interface PlannedList {
  name: string
  look: FieldLook
  of: EntityDefinition
  by: FieldDefinition
  sortBy: string | null
}

type Entities = ReadonlyMap<string, EntityDefinition>

export function listsOf(entity: EntityDefinition, entities: Entities, ground: Ground): PlannedList[] {
  if (!ground.isOurs(entity.collection)) return []
  const taken = new Set([...entity.fields.values()].flatMap(({ directus, file }) => [directus, file ?? null]))
  const planned = (name: string, { of, by, sortBy, ...look }: ListLook): PlannedList[] => {
    const other = entities.get(of)
    const field = other?.fields.get(by)
    // A relation of a collection of somebody else's is not altered: it names no field here.
    if (!other || !field?.directus || taken.has(name) || !ground.isOurs(other.collection)) return []
    return [
      {
        name,
        look: withColumns(noted(look, other), other),
        of: other,
        by: field,
        sortBy: other.fields.get(sortBy ?? "")?.directus ?? null,
      },
    ]
  }
  const parts = [...entities.values()].flatMap((other) => {
    const parent = other.fields.get(other.parent ?? "")
    return other.source && parent?.to === entity.name
      ? planned(other.collection, { of: other.name, by: parent.name })
      : []
  })
  return [...Object.entries(lookOf(entity).lists).flatMap(([name, list]) => planned(name, list)), ...parts]
}

/** Its columns as they are called in this project; one that is not mapped is left out, since Directus refuses to read it. */
function withColumns(look: FieldLook, { fields }: EntityDefinition): FieldLook {
  const columns = look.options?.["fields"]
  if (!Array.isArray(columns)) return look
  const files = new Set([...fields.values()].map(({ file }) => file))
  const named = (columns as string[]).map((name) => (files.has(name) ? name : fields.get(name)?.directus))
  return { ...look, options: { ...look.options, fields: named.filter((path) => path != null) } }
}

/** The list in which `related` shows the records of `entity` that name it by `of`. */
export const listFor = (
  related: EntityDefinition,
  entity: EntityDefinition,
  of: FieldDefinition,
  entities: Entities,
  ground: Ground,
): PlannedList | null =>
  listsOf(related, entities, ground).find((list) => list.of.name === entity.name && list.by.name === of.name) ?? null
