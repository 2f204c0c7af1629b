import type { EntityDefinition } from "medusa-directus-core/host"
import type { KindLook } from "./looks/look"
import type { Ground, PlannedField } from "./plan"
import { copiedTranslations } from "./plan-translations"
import { inThisProject } from "./template"

function archiveMeta(entity: EntityDefinition, { showsArchived }: KindLook): Record<string, unknown> {
  const { archive } = entity
  const field = archive && entity.fields.get(archive.field)?.directus
  const value = archive?.directus
  if (!field || value === undefined || value === null) return {}
  return {
    archive_field: field,
    archive_value: String(value),
    unarchive_value: typeof value === "boolean" ? String(!value) : "draft",
    archive_app_filter: showsArchived !== true,
  }
}

/**
 * The collection's own settings.
 *
 * @param planned - its fields, by their name in the layout.
 */
export function collectionMeta(
  entity: EntityDefinition,
  look: KindLook,
  entities: ReadonlyMap<string, EntityDefinition>,
  ground: Ground,
  planned: ReadonlyMap<string, PlannedField>,
): Record<string, unknown> {
  const above = entities.get(look.below ?? "")?.collection
  // "Save as copy" makes a new record: it must not carry the old one's Medusa id, nor a key that only one can have.
  const unique = new Set(entity.matchKeys.filter(({ within }) => within === null).map(({ field }) => field))
  const copied = [...entity.fields.values()]
    .filter(({ name }) => !unique.has(name) && name !== entity.archive?.field && look.fields[name]?.readonly !== true)
    .flatMap(({ name, directus, file, translates }) => {
      if (directus === null || !translates) return [directus, file]
      return planned.has(name) ? copiedTranslations(directus, entity, translates) : []
    })
  return {
    icon: look.icon,
    sort: look.place,
    group: above !== undefined && ground.isOurs(above) ? above : null,
    collapse: "closed",
    note: look.note,
    translations: [
      { language: "en-US", translation: look.en[0], singular: look.en[1], plural: look.en[2] },
      { language: "de-DE", translation: look.de[0], singular: look.de[1], plural: look.de[2] },
    ],
    display_template: inThisProject(look.template, entity),
    sort_field: entity.fields.get(look.sort ?? "")?.directus ?? null,
    ...archiveMeta(entity, look),
    item_duplication_fields: copied.filter((path) => typeof path === "string"),
    accountability: "all",
  }
}

/** How the list looks to everybody who has not arranged it. */
export function presetOf(
  entity: EntityDefinition,
  { table }: KindLook,
  fields: ReadonlyMap<string, PlannedField>,
): Record<string, unknown> {
  const columns = Object.entries(table.columns).flatMap(([name, width]): [string, number][] => {
    const path = fields.get(name)?.field
    return path === undefined ? [] : [[path, width]]
  })
  return {
    collection: entity.collection,
    layout: "tabular",
    layout_query: {
      tabular: { fields: columns.map(([path]) => path), sort: [fields.get(table.sort)?.field ?? "id"], page: 1 },
    },
    layout_options: { tabular: { widths: Object.fromEntries(columns) } },
  }
}
