import type { EntityDefinition } from "medusa-directus-core/host"

/** The mapping's names in a template → this project's. */
export const inThisProject = (template: string, entity: EntityDefinition): string =>
  template.replace(/\{\{\s*(\w+)/g, (whole, name: string) => {
    const path = entity.fields.get(name)?.directus
    return path ? `{{${path}` : whole
  })
